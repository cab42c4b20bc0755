import { connectEventConsumers } from '@app/messaging';
import { bootstrapService } from '@app/platform';
import { loadConfig } from './config';
import { PaymentServiceModule } from './payment-service.module';

const config = loadConfig.orExit();

await bootstrapService({
  name: 'payment-service',
  module: PaymentServiceModule.forRoot(config),
  config,
  configure: connectEventConsumers,
});
