import { connectEventConsumers } from '@app/messaging';
import type { ServiceOptions } from '@app/platform';
import type { OrderServiceConfig } from './config';
import { PROBLEMS } from './http/problems';
import { OrderServiceModule } from './order-service.module';

/** The service, to be run or described. */
export const orderService = (config: OrderServiceConfig): ServiceOptions => ({
  name: 'order-service',
  description: 'Takes orders, follows each until it is confirmed or cancelled, and keeps an audit trail of it.',
  problems: PROBLEMS,
  module: OrderServiceModule.forRoot(config),
  config,
  configure: connectEventConsumers,
});
