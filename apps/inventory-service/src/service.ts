import { connectEventConsumers } from '@app/messaging';
import type { ServiceOptions } from '@app/platform';
import type { InventoryServiceConfig } from './config';
import { PROBLEMS } from './http/problems';
import { InventoryServiceModule } from './inventory-service.module';

/** The service, to be run or described. */
export const inventoryService = (config: InventoryServiceConfig): ServiceOptions => ({
  name: 'inventory-service',
  description: 'Knows the stock, takes pieces for paid orders and returns them when an order is cancelled.',
  problems: PROBLEMS,
  module: InventoryServiceModule.forRoot(config),
  config,
  configure: connectEventConsumers,
});
