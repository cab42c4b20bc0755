import { messagingIdentityOf } from '@app/events';
import { DeskModule } from '@app/desk';
import { checkStateMachine } from '@app/lifecycle';
import { MESSAGING_MIGRATIONS, MessagingModule, messagingOptionsOf } from '@app/messaging';
import { PostgresModule } from '@app/postgres';
import { Module, type DynamicModule } from '@nestjs/common';
import type { InventoryServiceConfig } from './config';
import { InventoryController } from './http/inventory.controller';
import { OrderEventsConsumer } from './messaging/order-events.consumer';
import { PaymentEventsConsumer } from './messaging/payment-events.consumer';
import { InventoryReader } from './persistence/inventory.reader';
import { CreateStockTables1763800100000 } from './persistence/migrations/1763800100000-create-stock-tables';
import { CreateStockAllocations1763800200000 } from './persistence/migrations/1763800200000-create-stock-allocations';
import { SeedDemoStock1763800300000 } from './persistence/migrations/1763800300000-seed-demo-stock';
import { MakeStockMovementsAppendOnly1763800400000 } from './persistence/migrations/1763800400000-make-stock-movements-append-only';
import { ProductEntity } from './persistence/product.entity';
import { ProductRepository } from './persistence/product.repository';
import { StockMovementEntity } from './persistence/stock-movement.entity';
import { StockRepository } from './persistence/stock.repository';
import { AddProduct } from './use-cases/add-product';
import { AdjustStock } from './use-cases/adjust-stock';
import { allocationStateMachine } from './domain/allocation-lifecycle';
import { GetProduct } from './use-cases/get-product';
import { ListMovements } from './use-cases/list-movements';
import { ListProducts } from './use-cases/list-products';
import { SettleStock } from './use-cases/settle-stock';

/** The migrations of the service's schema, in order. */
export const MIGRATIONS = [
  ...MESSAGING_MIGRATIONS,
  CreateStockTables1763800100000,
  CreateStockAllocations1763800200000,
  SeedDemoStock1763800300000,
  MakeStockMovementsAppendOnly1763800400000,
];

@Module({})
export class InventoryServiceModule {
  static forRoot(config: InventoryServiceConfig): DynamicModule {
    checkStateMachine(allocationStateMachine());
    return {
      module: InventoryServiceModule,
      imports: [
        PostgresModule.forRoot({
          config,
          schema: 'inventory_service',
          entities: [ProductEntity, StockMovementEntity],
          migrations: MIGRATIONS,
        }),
        MessagingModule.forRoot(messagingOptionsOf(messagingIdentityOf('inventory-service'), config)),
        DeskModule,
      ],
      controllers: [InventoryController, OrderEventsConsumer, PaymentEventsConsumer],
      providers: [
        AddProduct,
        AdjustStock,
        GetProduct,
        ListMovements,
        ListProducts,
        InventoryReader,
        ProductRepository,
        SettleStock,
        StockRepository,
      ],
    };
  }
}
