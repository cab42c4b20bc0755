import { connectEventConsumers } from '@app/messaging';
import { bootstrapService } from '@app/platform';
import { loadConfig } from './config';
import { OrderServiceModule } from './order-service.module';

const config = loadConfig.orExit();

await bootstrapService({
  name: 'order-service',
  module: OrderServiceModule.forRoot(config),
  config,
  configure: connectEventConsumers,
});
