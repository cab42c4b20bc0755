import type { GatewayAnswer } from './gateway-outcome';
import type { PaymentStage } from './payment-stage';

export type OrderTrigger = 'order_created' | 'order_confirmed' | 'order_cancelled';
/** What the gateway tells of its own accord: `refund_changed` is about a refund that was known before. */
export type GatewayTrigger = 'money_moved' | 'refund_changed';
/**
 * Everything that can move a payment. `outcome_unknown`: a call was sent, and its answer is lost. `money_stands` and
 * `money_returned` are what an inspection comes to: something is still ours, or all of it has been given back.
 */
export type PaymentTrigger =
  | OrderTrigger
  | GatewayTrigger
  | Exclude<GatewayAnswer['kind'], 'inspected'>
  | 'money_stands'
  | 'money_returned'
  | 'nothing_found'
  | 'outcome_unknown';

export const PAYMENT_TRIGGERS = [
  'order_created',
  'order_confirmed',
  'order_cancelled',
  'authorized',
  'declined',
  'captured',
  'capture_refused',
  'voided',
  'already_captured',
  'refunded',
  'money_moved',
  'refund_changed',
  'money_stands',
  'money_returned',
  'nothing_found',
  'outcome_unknown',
] as const satisfies readonly PaymentTrigger[];

/**
 * What is announced about a step. `hold_voided`, `capture_refunded` and `capture_reversed`, which is by somebody else's hand, are all
 * `payment_refunded`. `payment_adjusted` is announced only if something has changed.
 */
export type AnnouncementKind =
  | 'payment_successful'
  | 'payment_failed'
  | 'payment_captured'
  | 'hold_voided'
  | 'capture_refunded'
  | 'capture_reversed'
  | 'payment_adjusted';

export type LifecycleEntry =
  | {
      readonly kind: 'move';
      readonly to: PaymentStage;
      readonly announces?: AnnouncementKind;
      /** Where to instead, as long as no worker was ever handed the operation that is due. */
      readonly untouched?: PaymentStage;
    }
  /** The gateway has to be asked once the stage allows it; see `heard` of the payment. */
  | { readonly kind: 'remember' }
  /** Nothing changes: the payment knows it already, or it came too late. */
  | { readonly kind: 'ignore'; readonly why: string };

export type PaymentLifecycle = Readonly<
  Record<PaymentStage, Readonly<Partial<Record<PaymentTrigger, LifecycleEntry>>>>
>;

export const move = (to: PaymentStage, announces?: AnnouncementKind): LifecycleEntry =>
  announces === undefined ? { kind: 'move', to } : { kind: 'move', to, announces };
export const moveOr = (to: PaymentStage, untouched: PaymentStage): LifecycleEntry => ({ kind: 'move', to, untouched });
export const remember: LifecycleEntry = { kind: 'remember' };
export const ignore = (why: string): LifecycleEntry => ({ kind: 'ignore', why });
