import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { step } from '../test/answers';
import { stepOf } from './step-of';
import { stepText } from './step-text';

const FIXTURES = join(import.meta.dirname, '../../events/fixtures');

function golden(type: string): Record<string, unknown> {
  const file = readdirSync(FIXTURES).find((name) => name.startsWith(`${type}.`)) ?? '';
  return (JSON.parse(readFileSync(join(FIXTURES, file), 'utf8')) as { payload: Record<string, unknown> }).payload;
}

describe('a step of the audit trail', () => {
  it.each([
    ['order_created', 'order_created', {}],
    ['payment_successful', 'payment_successful', {}],
    ['payment_failed', 'payment_failed', { reason: 'decline_reason' }],
    ['payment_captured', 'payment_captured', {}],
    ['payment_refunded', 'payment_refunded', { method: 'refund_method' }],
    ['payment_reversed', 'payment_refunded', { method: 'refund_method' }],
    ['payment_adjusted', 'payment_adjusted', {}],
    ['inventory_insufficient', 'inventory_insufficient', {}],
  ] as const)('%s has the words of the event that brought it, %s', (event, type, names: Record<string, string>) => {
    const { currency, order_number: _number, ...payload } = golden(type);
    const details = Object.fromEntries(Object.entries(payload).map(([name, value]) => [names[name] ?? name, value]));
    const text = stepText(step(2, event, 'pending', { details }), currency as string | undefined);
    expect(text).toBe(stepOf({ type, payload: { ...payload, currency } }).message);
  });

  it('is its name where it says no more, as in entries of before there were details', () => {
    expect(stepText(step(2, 'payment_refunded', 'pending'))).toBe('Payment refunded');
    expect(stepText(step(3, 'stock_taken', 'confirmed'))).toBe('Stock taken; the order is confirmed');
  });

  it('repeats what the customer wrote, and says why the order ended', () => {
    const cancelled = { reason: 'cancelled_by_customer', details: { customer_reason: 'too late' } };
    expect(stepText(step(2, 'cancel_requested', 'cancelled', cancelled))).toBe(
      'Cancellation requested: too late; the order is cancelled (cancelled by customer)',
    );
  });
});
