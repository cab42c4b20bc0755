import { GatewayLedgerEntity } from './gateway-ledger.entity';
import { PaymentEntity } from './payment.entity';
import { StripeEventEntity } from './stripe-event.entity';

/** The tables of the payment service's own, beside those of the messaging core. */
export const PAYMENT_ENTITIES = [PaymentEntity, GatewayLedgerEntity, StripeEventEntity];
