import { connectEventConsumers } from '@app/messaging';
import type { ServiceOptions } from '@app/platform';
import type { NotificationConfig } from './config';
import { PROBLEMS } from './http/problems';
import { NotificationServiceModule } from './notification-service.module';

/** The service, to be run or described. */
export const notificationService = (config: NotificationConfig): ServiceOptions => ({
  name: 'notification-service',
  description: 'Tells customers what happens to their orders, by mail and SMS.',
  problems: PROBLEMS,
  module: NotificationServiceModule.forRoot(config),
  config,
  configure: connectEventConsumers,
});
