import type { CollectedSpan } from './trace-collector.ts';

/* What the spans of an order are called, service by service: `payment: process order_created`. */

export const PLACED = ['order: POST /orders', 'order: COMMIT', 'order: send order_created'];
/** One mail. */
const TOLD = ['notification: send email', 'notification: COMMIT', 'notification: send notification_sent'];
export const PAID = [
  'payment: process order_created',
  'payment: authorize payment',
  'payment: COMMIT',
  'payment: send payment_successful',
  'order: process payment_successful',
  'inventory: process payment_successful',
];
const CONFIRMED = [
  ...['inventory: COMMIT', 'inventory: send inventory_updated', 'order: process inventory_updated'],
  ...['order: COMMIT', 'order: send order_confirmed'],
  ...['payment: process order_confirmed', 'payment: capture payment', 'payment: COMMIT'],
  ...['payment: send payment_captured', 'order: process payment_captured'],
];
export const MAILS_OF_PAID = [
  ...['notification: process order_created', 'notification: process payment_successful'],
  ...[...TOLD, ...TOLD],
];
export const DECLINED = [
  ...['payment: process order_created', 'payment: authorize payment', 'payment: COMMIT'],
  ...['payment: send payment_failed', 'order: process payment_failed', 'order: COMMIT', 'order: send order_cancelled'],
  ...['payment: process order_cancelled', 'inventory: process order_cancelled'],
  ...['notification: process order_created', 'notification: process payment_failed'],
  ...['notification: process order_cancelled', ...TOLD, ...TOLD, ...TOLD],
];
/** All spans of an order that is confirmed. */
export const WHOLE = [
  ...[...PLACED, ...PAID, ...CONFIRMED, ...MAILS_OF_PAID],
  ...['notification: process order_confirmed', ...TOLD],
];

/** Topics in which an order that is confirmed or declined has records. */
export const ORDER_TOPICS = [
  'order_created',
  'order_confirmed',
  'order_cancelled',
  'payment_successful',
  'payment_failed',
  'payment_captured',
  'inventory_updated',
  'notification_sent',
];

/** Each as often as it is there, sorted. */
export function namesIn(spans: readonly CollectedSpan[]): string[] {
  return spans.map(({ service, name }) => `${service.replace('-service', '')}: ${name}`).toSorted();
}

/** The same without attempts that failed: on a busy machine calls and messages may have more than one. */
export function stepsIn(spans: readonly CollectedSpan[]): string[] {
  return namesIn(spans.filter(({ failed }) => !failed));
}

/** Names from a span up to the root of its trace. */
export function pathToRoot(spans: readonly CollectedSpan[], from: CollectedSpan | undefined): string[] {
  const path: string[] = [];
  for (let at = from; at !== undefined; at = parentOf(spans, at)) path.push(at.name);
  return path;
}

function parentOf(spans: readonly CollectedSpan[], { parentSpanId }: CollectedSpan): CollectedSpan | undefined {
  return spans.find(({ spanId }) => spanId === parentSpanId);
}

/** What keeps spans from being one tree, in sentences: ids that come twice, parents that are not there, roots beside the one expected. */
export function flawsOf(spans: readonly CollectedSpan[], root = 'order: POST /orders'): string[] {
  const ids = spans.map(({ spanId }) => spanId);
  const twice = spans.filter(({ spanId }, index) => ids.indexOf(spanId) !== index);
  const orphans = spans.filter((span) => span.parentSpanId !== undefined && parentOf(spans, span) === undefined);
  const roots = namesIn(spans.filter(({ parentSpanId }) => parentSpanId === undefined));
  return [
    ...namesIn(twice).map((name) => `${name} has an id that comes twice`),
    ...namesIn(orphans).map((name) => `${name} has a parent that is not there`),
    ...(roots.length === 1 && roots[0] === root ? [] : [`the roots are ${roots.join(', ')}`]),
  ];
}
