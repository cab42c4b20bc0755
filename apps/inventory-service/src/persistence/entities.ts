import { ProductEntity } from './product.entity';
import { StockAllocationEntity } from './stock-allocation.entity';
import { StockMovementEntity } from './stock-movement.entity';

/** The tables of the inventory service's own, beside those of the messaging core. */
export const INVENTORY_ENTITIES = [ProductEntity, StockMovementEntity, StockAllocationEntity];
