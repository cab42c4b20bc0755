import type { AnyEvent, EventEnvelope, PayloadOf, PaymentFailureReason } from '@app/events';
import type { ShortageAnswer } from './answers';

/** A step in the life of an order, in the words and numbers of the domain. */
export interface Step {
  /** One sentence without a full stop: `Payment of 1299.99 USD authorised`. */
  readonly message: string;
  /** The same for machines; names as the event has them. */
  readonly fields: Readonly<Record<string, string | number>>;
}

type Payloads = { readonly [Event in AnyEvent as Event['type']]: PayloadOf<Event> };

/** Of an order with a hundred lines not all are named. */
const MAX_PRODUCTS = 5;

const STEPS: { readonly [Type in keyof Payloads]: (payload: Payloads[Type]) => Step } = {
  order_created: ({ order_number, currency, total_amount, payment_method, items }) => ({
    message: `Order${number(order_number)} placed: ${count(items.length, 'item')}, ${money(total_amount, currency)}`,
    fields: { ...optional({ order_number }), total_amount, currency, payment_method, items: items.length },
  }),
  payment_successful: ({ payment_id, amount, currency }) => ({
    message: `Payment of ${money(amount, currency)} authorised`,
    fields: { payment_id, amount, currency },
  }),
  payment_failed: ({ payment_id, amount, currency, reason }) => ({
    message: `Payment of ${money(amount, currency)} ${FAILURES[reason]}`,
    fields: { payment_id, amount, currency, reason },
  }),
  payment_captured: ({ payment_id, captured_amount, currency }) => ({
    message: `Payment of ${money(captured_amount, currency)} captured`,
    fields: { payment_id, captured_amount, currency },
  }),
  inventory_updated: ({ change, items }) => ({
    message: `Stock ${change}: ${products(items.map(({ product_id, quantity }) => `${quantity} × ${product_id}`))}`,
    fields: { change, products: items.length, pieces: items.reduce((sum, { quantity }) => sum + quantity, 0) },
  }),
  inventory_insufficient: ({ shortages }) => ({
    message: `Stock short: ${products(shortages.map(shortageText))}`,
    fields: { shortages: shortages.length },
  }),
  stock_adjusted: ({ change, quantity_delta, remaining }) => ({
    message: `Product ${change}: ${quantity_delta > 0 ? '+' : ''}${quantity_delta}, ${remaining} in stock`,
    fields: { change, quantity_delta, remaining },
  }),
  low_stock: ({ remaining, threshold }) => ({
    message: `Stock low: ${remaining} in stock, the threshold is ${threshold}`,
    fields: { remaining, threshold },
  }),
  order_confirmed: ({ order_number, total_amount, currency }) => ({
    message: `Order${number(order_number)} confirmed`,
    fields: { ...optional({ order_number }), total_amount, currency },
  }),
  order_cancelled: ({ order_number, reason, detail }) => ({
    message: `Order${number(order_number)} cancelled: ${words(detail ?? reason)}`,
    fields: { ...optional({ order_number, detail }), reason },
  }),
  payment_refunded: ({ payment_id, amount, currency, method, initiator }) => ({
    message:
      method === 'void'
        ? `Hold of ${money(amount, currency)} released`
        : `Payment of ${money(amount, currency)} refunded${initiator === undefined ? '' : ` by the ${initiator}`}`,
    fields: { payment_id, amount, currency, method, ...optional({ initiator }) },
  }),
  payment_adjusted: ({ payment_id, currency, given_back, refunded_amount, dispute }) => ({
    message:
      given_back > 0
        ? `${money(given_back, currency)} of the payment given back at the gateway`
        : `Payment disputed: ${dispute ?? 'no dispute'}`,
    fields: { payment_id, currency, given_back, refunded_amount, ...optional({ dispute }) },
  }),
  notification_sent: ({ notification_id, notification_type, channel, attempts }) => ({
    message: `${capitalised(CHANNELS[channel])} sent: ${words(notification_type)}`,
    fields: { notification_id, notification_type, channel, attempts },
  }),
  notification_failed: ({ notification_id, notification_type, channel, attempts, reason }) => ({
    message: `${capitalised(CHANNELS[channel])} not sent: ${words(notification_type)}, ${words(reason)}`,
    fields: { notification_id, notification_type, channel, attempts, reason },
  }),
};

const FAILURES: Readonly<Record<PaymentFailureReason, string>> = {
  declined: 'declined',
  insufficient_funds: 'declined: insufficient funds',
  capture_failed: 'could not be captured',
  gateway_unavailable: 'failed: the gateway is unavailable',
};

const CHANNELS = { email: 'e-mail', sms: 'SMS' } as const;

/**
 * Words an event for people: the same words in logs, on the command line and on pages. Amounts are decimals, as on the wire. The
 * payload has passed its contract; an event that has no words here has its name and no fields.
 */
export function stepOf({ type, payload }: Pick<EventEnvelope, 'type' | 'payload'>): Step {
  const word = (STEPS as Readonly<Record<string, ((payload: never) => Step) | undefined>>)[type];
  return word?.(payload as never) ?? { message: nameOf(type), fields: {} };
}

/** The name of an event or a step as people read it: `Stock taken`. */
export function nameOf(type: string): string {
  return capitalised(words(type));
}

/** `MOUSE001: 1 of 3 available`; `UNICORN is not sold`. */
export function shortageText({ product_id, requested, available, reason }: ShortageAnswer): string {
  return reason === 'unknown_product'
    ? `${product_id} is not sold`
    : `${product_id}: ${available} of ${requested} available`;
}

function number(orderNumber: string | undefined): string {
  return orderNumber === undefined ? '' : ` ${orderNumber}`;
}

function money(amount: number, currency: string): string {
  return `${amount.toFixed(2)} ${currency}`;
}

function count(amount: number, thing: string): string {
  return `${amount} ${thing}${amount === 1 ? '' : 's'}`;
}

function products(all: readonly string[]): string {
  const rest = all.length - MAX_PRODUCTS;
  return `${all.slice(0, MAX_PRODUCTS).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function words(name: string): string {
  return name.replaceAll('_', ' ');
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function optional<Fields extends Record<string, string | undefined>>(fields: Fields): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
