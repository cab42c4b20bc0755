import { messagingIdentityOf } from '@app/events';
import { DeskModule } from '@app/desk';
import { checkStateMachine } from '@app/lifecycle';
import { MESSAGING_ENTITIES, MESSAGING_MIGRATIONS, MessagingModule, messagingOptionsOf } from '@app/messaging';
import { OrderLogModule } from '@app/order-log';
import { type DatabaseOptions, PostgresModule } from '@app/postgres';
import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { InventoryServiceConfig } from './config';
import { AllocationsController } from './http/allocations.controller';
import { InventoryController } from './http/inventory.controller';
import { OrderEventsConsumer } from './messaging/order-events.consumer';
import { PaymentEventsConsumer } from './messaging/payment-events.consumer';
import { INVENTORY_ENTITIES } from './persistence/entities';
import { InventoryReader } from './persistence/inventory.reader';
import { INVENTORY_MIGRATIONS } from './persistence/migrations';
import { ProductEntity } from './persistence/product.entity';
import { ProductRepository } from './persistence/product.repository';
import { StockAllocationEntity } from './persistence/stock-allocation.entity';
import { StockMovementEntity } from './persistence/stock-movement.entity';
import { StockRepository } from './persistence/stock.repository';
import { AddProduct } from './use-cases/add-product';
import { AdjustStock } from './use-cases/adjust-stock';
import { allocationStateMachine } from './domain/allocation-lifecycle';
import { GetAllocation } from './use-cases/get-allocation';
import { GetProduct } from './use-cases/get-product';
import { ListMovements } from './use-cases/list-movements';
import { ListProducts } from './use-cases/list-products';
import { SettleStock } from './use-cases/settle-stock';
import { StockMetrics } from './metrics/stock-metrics';

/** The database of the service. */
export function databaseOptions(config: InventoryServiceConfig): DatabaseOptions {
  return {
    config,
    schema: 'inventory_service',
    entities: [...MESSAGING_ENTITIES, ...INVENTORY_ENTITIES],
    migrations: [...MESSAGING_MIGRATIONS, ...INVENTORY_MIGRATIONS],
  };
}

@Module({})
export class InventoryServiceModule {
  static forRoot(config: InventoryServiceConfig): DynamicModule {
    checkStateMachine(allocationStateMachine());
    return {
      module: InventoryServiceModule,
      imports: [
        PostgresModule.forRoot(databaseOptions(config)),
        TypeOrmModule.forFeature([ProductEntity, StockAllocationEntity, StockMovementEntity]),
        MessagingModule.forRoot(messagingOptionsOf(messagingIdentityOf('inventory-service'), config)),
        DeskModule,
        OrderLogModule.forRoot(config),
      ],
      controllers: [AllocationsController, InventoryController, OrderEventsConsumer, PaymentEventsConsumer],
      providers: [
        AddProduct,
        AdjustStock,
        GetAllocation,
        GetProduct,
        ListMovements,
        ListProducts,
        InventoryReader,
        ProductRepository,
        SettleStock,
        StockMetrics,
        StockRepository,
      ],
    };
  }
}
