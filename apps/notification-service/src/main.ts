import { connectEventConsumers } from '@app/messaging';
import { bootstrapService } from '@app/platform';
import { loadConfig } from './config';
import { NotificationServiceModule } from './notification-service.module';

const config = loadConfig.orExit();

await bootstrapService({
  name: 'notification-service',
  module: NotificationServiceModule.forRoot(config),
  config,
  configure: connectEventConsumers,
});
