import { connectEventConsumers } from '@app/messaging';
import { bootstrapService } from '@app/platform';
import { loadConfig } from './config';
import { InventoryServiceModule } from './inventory-service.module';

const config = loadConfig.orExit();

await bootstrapService({
  name: 'inventory-service',
  module: InventoryServiceModule.forRoot(config),
  config,
  configure: connectEventConsumers,
});
