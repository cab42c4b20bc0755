import { connectEventConsumers } from '@app/messaging';
import type { ServiceOptions } from '@app/platform';
import type { PaymentServiceConfig } from './config';
import { PROBLEMS } from './http/problems';
import { PaymentServiceModule } from './payment-service.module';

/** The service, to be run or described. */
export const paymentService = (config: PaymentServiceConfig): ServiceOptions => ({
  name: 'payment-service',
  description: 'Holds, captures and refunds the money of orders through a payment gateway.',
  problems: PROBLEMS,
  module: PaymentServiceModule.forRoot(config),
  config,
  configure: connectEventConsumers,
});
