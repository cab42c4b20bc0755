import { shortageText, type Timeline } from '@app/timeline';
import type { Console } from '../cli/console.ts';
import { printable, printableJson } from '../cli/printable.ts';
import { table } from '../cli/table.ts';

export interface ReportOptions {
  /** With their text. */
  readonly messages: boolean;
  readonly records: readonly object[] | undefined;
  /** Zipkin's page. */
  readonly traces?: string | undefined;
}

/** The page of an order, for people. */
export function orderReport(
  timeline: Timeline,
  console: Pick<Console, 'paint'>,
  { messages, records, traces }: ReportOptions,
): string {
  const { attention, unanswered } = timeline;
  const missing = unanswered.map(({ service, why }) => `${service} is not shown, it did not answer: ${why}`);
  return [
    headOf(timeline, traces),
    stepsOf(timeline),
    moneyAndStock(timeline),
    messagesOf(timeline, messages),
    blockedOf(timeline),
    ...(records === undefined ? [] : [records.map((record) => printableJson(record)).join('\n')]),
    [...missing, ...attention].map((line) => console.paint('yellow', printable(`! ${line}`))).join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function headOf({ order, trace_id }: Timeline, traces: string | undefined): string {
  if (order === null) return 'The order itself is not known.';
  const { order_number, order_id, status, cancellation_reason, user_id, total_amount, currency, payment_method } =
    order;
  const reason = cancellation_reason === null ? '' : `: ${cancellation_reason.replaceAll('_', ' ')}`;
  const lines = [
    `Order ${order_number} (${order_id}): ${status}${reason}`,
    `${user_id}, ${total_amount.toFixed(2)} ${currency} by ${payment_method}, placed at ${order.created_at}`,
    ...order.items.map(
      ({ quantity, product_id, product_name, price }) =>
        `  ${quantity} × ${product_id} ${product_name}, ${price.toFixed(2)} each`,
    ),
    ...(order.decline_reason === undefined ? [] : [`Declined: ${order.decline_reason.replaceAll('_', ' ')}`]),
    ...(order.shortages ?? []).map((shortage) => `Short: ${shortageText(shortage)}`),
    ...(order.customer_reason === undefined ? [] : [`The customer wrote: ${order.customer_reason}`]),
    ...(trace_id === null ? [] : [`Trace: ${traces === undefined ? trace_id : `${traces}/traces/${trace_id}`}`]),
  ];
  return printable(lines.join('\n'));
}

function stepsOf({ entries }: Timeline): string {
  if (entries.length === 0) return '';
  return table(
    ['TIME', 'BY', 'STEP', 'CAUSED BY'],
    entries.map(({ at, by, text, cause }) => [at.slice(11, 23), by, text, cause]),
  );
}

function moneyAndStock({ payment, allocation }: Timeline): string {
  const lines: string[] = [];
  if (payment !== null) {
    const { status, amount, captured_amount, refunded_amount, currency, dispute, pending } = payment;
    const disputed = dispute === null ? '' : `, disputed (${dispute})`;
    const asked =
      pending === null
        ? ''
        : `; ${pending.operation} is tried at ${pending.next_attempt_at}, attempts so far: ${pending.attempts}`;
    lines.push(
      `Payment: ${status}; ${amount.toFixed(2)} ${currency}, captured ${captured_amount.toFixed(2)}, refunded ${refunded_amount.toFixed(2)}${disputed}${asked}`,
    );
  }
  if (allocation !== null) {
    const items = allocation.items.map(({ quantity, product_id }) => `${quantity} × ${product_id}`).join(', ');
    lines.push(`Stock: ${allocation.status}${items === '' ? '' : `; ${items}`}`);
  }
  return printable(lines.join('\n'));
}

function messagesOf({ messages }: Timeline, withText: boolean): string {
  if (messages.length === 0) return '';
  const rows = messages.map((message) => [
    (message.sent_at ?? message.next_attempt_at)?.slice(11, 23),
    message.channel,
    message.status,
    message.attempts,
    message.subject,
    message.last_error,
  ]);
  const list = table(['SENT/NEXT', 'CHANNEL', 'STATUS', 'ATTEMPTS', 'SUBJECT', 'LAST ERROR'], rows);
  if (!withText) return list;
  return [list, ...messages.map(({ subject, message }) => printable(`── ${subject}\n${message}`))].join('\n\n');
}

function blockedOf({ blocked }: Timeline): string {
  if (blocked.length === 0) return '';
  return table(
    ['SERVICE', 'TOPIC', 'STATUS', 'SINCE', 'ATTEMPTS', 'NEXT', 'ID', 'WAITS BEHIND'],
    blocked.map(({ service, topic, status, attempts, ...message }) => [
      service,
      topic,
      status,
      message.first_failure_at ?? message.created_at,
      attempts,
      message.next_attempt_at,
      message.failed_message_id,
      message.waits_behind,
    ]),
  );
}
