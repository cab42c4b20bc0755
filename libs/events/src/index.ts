export { actorOf, causeOf } from './cause';
export {
  type Cause,
  type EventDefinition,
  type EventEnvelope,
  type Events,
  headersOf,
  ORDER_KEY,
  type PayloadOf,
  type ReceivedEvent,
  type Trace,
  traceAsText,
  traceFromText,
  traceIdOf,
} from '@app/cloudevents';
export { CurrencySchema, IdentifierSchema, ORDER_NUMBER, QuantitySchema, type ServiceName } from './contract';
export {
  InventoryInsufficient,
  InventoryUpdated,
  LowStock,
  SHORTAGE_REASONS,
  type ShortageReason,
  StockAdjusted,
  type StockAdjustmentKind,
  type StockChange,
} from './inventory-events';
export { fromNumeric, MAX_AMOUNT, type MinorUnits, minorUnitsOf, toDecimal, toMinorUnits, toNumeric } from './money';
export {
  NOTIFICATION_CHANNELS,
  NOTIFICATION_TYPES,
  type NotificationChannel,
  NotificationFailed,
  type NotificationFailureReason,
  NotificationSent,
  type NotificationType,
} from './notification-events';
export {
  CANCELLATION_REASONS,
  type CancellationDetail,
  type CancellationReason,
  OrderCancelled,
  OrderConfirmed,
  OrderCreated,
} from './order-events';
export {
  DISPUTE_STATES,
  type DisputeState,
  PAYMENT_FAILURE_REASONS,
  PaymentAdjusted,
  PaymentCaptured,
  PaymentFailed,
  type PaymentFailureReason,
  PaymentRefunded,
  PaymentSuccessful,
  REFUND_INITIATORS,
  REFUND_METHODS,
  type RefundInitiator,
  type RefundMethod,
} from './payment-events';
export {
  type AnyEvent,
  CATALOGUE,
  decodeRecord,
  deadLetterTopicOf,
  eventOfTopic,
  EVENTS,
  messagingIdentityOf,
  type EventType,
} from './topics';
