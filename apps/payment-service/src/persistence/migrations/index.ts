import { CreatePayments1763900000000 } from './1763900000000-create-payments';
import { CreateGatewayLedger1763900100000 } from './1763900100000-create-gateway-ledger';
import { CreateStripeEvents1763900200000 } from './1763900200000-create-stripe-events';
import { LeaveIndexesOfPaymentsAlone1764300000000 } from './1764300000000-leave-indexes-of-payments-alone';
import { AddChangesAtTheGateway1764400000000 } from './1764400000000-add-changes-at-the-gateway';

export const PAYMENT_MIGRATIONS = [
  CreatePayments1763900000000,
  CreateGatewayLedger1763900100000,
  CreateStripeEvents1763900200000,
  LeaveIndexesOfPaymentsAlone1764300000000,
  AddChangesAtTheGateway1764400000000,
];
