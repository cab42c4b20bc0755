import type { OrderEventAnswer, ShortageAnswer } from './answers';

type Details = Readonly<Record<string, unknown>>;

/** What a step of the audit trail says to people. @param currency that of the order, where the step names none; `details` are those of `GET /orders/{order_id}/events`. */
export function stepText({ event, from, to, reason, details }: OrderEventAnswer, currency?: string): string {
  const known = { ...(currency !== undefined && { currency }), ...details };
  const text = TEXTS[event]?.(known) ?? event.replaceAll('_', ' ');
  const outcome = from === to || from === null ? '' : `; the order is ${to}`;
  return `${text}${outcome}${reason === null ? '' : ` (${reason.replaceAll('_', ' ')})`}`;
}

const TEXTS: Readonly<Record<string, (details: Details) => string>> = {
  order_created: ({ items, total_amount, currency }) =>
    `Placed${Array.isArray(items) ? `: ${items.length} ${items.length === 1 ? 'line' : 'lines'}` : ''}${money(total_amount, currency)}`,
  payment_successful: ({ amount, currency }) => `Payment authorised${money(amount, currency)}`,
  payment_failed: ({ decline_reason }) => `Payment failed${because(decline_reason)}`,
  payment_captured: ({ captured_amount, currency }) => `Payment captured${money(captured_amount, currency)}`,
  payment_refunded: ({ amount, currency, refund_method }) =>
    `${refund_method === 'void' ? 'Hold released' : 'Payment refunded'}${money(amount, currency)}`,
  payment_reversed: ({ amount, currency, initiator }) =>
    `Payment given back by the ${text(initiator, 'gateway')}${money(amount, currency)}`,
  payment_adjusted: ({ given_back, currency, dispute }) =>
    dispute === undefined
      ? `Part of the payment given back${money(given_back, currency)}`
      : `Payment disputed: ${text(dispute, '')}`,
  stock_taken: () => 'Stock taken',
  stock_returned: () => 'Stock returned',
  inventory_insufficient: ({ shortages }) => `Stock short${shortagesText(shortages)}`,
  cancel_requested: ({ customer_reason }) => `Cancellation requested${because(customer_reason)}`,
  deadline_passed: () => 'Deadline passed',
};

/** `MOUSE001: 1 of 3 available`; `UNICORN is not sold`. */
export function shortageText({ product_id, requested, available, reason }: ShortageAnswer): string {
  return reason === 'unknown_product'
    ? `${product_id} is not sold`
    : `${product_id}: ${available} of ${requested} available`;
}

function shortagesText(shortages: unknown): string {
  return Array.isArray(shortages) && shortages.length > 0
    ? `: ${(shortages as ShortageAnswer[]).map(shortageText).join(', ')}`
    : '';
}

function money(amount: unknown, currency: unknown): string {
  return typeof amount === 'number'
    ? `, ${amount.toFixed(2)}${typeof currency === 'string' ? ` ${currency}` : ''}`
    : '';
}

function because(reason: unknown): string {
  return typeof reason === 'string' ? `: ${reason.replaceAll('_', ' ')}` : '';
}

function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
