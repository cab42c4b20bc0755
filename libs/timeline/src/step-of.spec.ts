import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVENTS, type EventType } from '@app/events';
import { stepOf } from './step-of';

const FIXTURES = join(import.meta.dirname, '../../events/fixtures');

function golden(type: EventType): Record<string, unknown> {
  const file = readdirSync(FIXTURES).find((name) => name.startsWith(`${type}.`)) ?? '';
  return (JSON.parse(readFileSync(join(FIXTURES, file), 'utf8')) as { payload: Record<string, unknown> }).payload;
}

function message(type: EventType, changes: Record<string, unknown> = {}): string {
  return stepOf({ type, payload: { ...golden(type), ...changes } }).message;
}

describe('the step that an event is', () => {
  it.each(EVENTS.map(({ type }) => type))('is worded for %s, without what is undefined or an object', (type) => {
    const { message: text, fields } = stepOf({ type, payload: golden(type) });
    expect(text).toMatch(/^[A-Z0-9][^\n]+[^.\n]$/);
    expect(text).not.toMatch(/undefined|null|NaN|object|_/);
    for (const value of Object.values(fields)) expect(['string', 'number']).toContain(typeof value);
  });

  it('says what was placed, for how much', () => {
    const items = [{ product_id: 'MOUSE001', product_name: 'Mouse', quantity: 2, price: 39.5 }];
    const placed = { order_number: '7F3K-29QX', total_amount: 79, currency: 'EUR', items };
    expect(message('order_created', placed)).toBe('Order 7F3K-29QX placed: 1 item, 79.00 EUR');
    expect(message('order_created', { ...placed, order_number: undefined })).toBe('Order placed: 1 item, 79.00 EUR');
  });

  it('tells a card that is declined from money that could not be collected', () => {
    expect(message('payment_failed', { amount: 5, currency: 'USD', reason: 'insufficient_funds' })).toBe(
      'Payment of 5.00 USD declined: insufficient funds',
    );
    expect(message('payment_failed', { amount: 5, currency: 'USD', reason: 'capture_failed' })).toBe(
      'Payment of 5.00 USD could not be captured',
    );
  });

  it('names the products that were short, and tells what is not sold from what is out of stock', () => {
    const short = (product_id: string, reason: string) => ({
      product_id,
      requested: 3,
      available: 1,
      missing: 2,
      reason,
    });
    const shortages = [short('MOUSE001', 'insufficient_stock'), short('UNICORN', 'unknown_product')];
    expect(message('inventory_insufficient', { shortages })).toBe(
      'Stock short: MOUSE001: 1 of 3 available, UNICORN is not sold',
    );
  });

  it('names five products of an order with many', () => {
    const items = Array.from({ length: 7 }, (_, n) => ({ product_id: `P${n}`, quantity: 1, remaining: 0 }));
    expect(message('inventory_updated', { change: 'taken', items })).toBe(
      'Stock taken: 1 × P0, 1 × P1, 1 × P2, 1 × P3, 1 × P4 and 2 more',
    );
  });

  it('tells a released hold from money that was given back, and who gave it', () => {
    const money = { amount: 5, currency: 'USD' };
    expect(message('payment_refunded', { ...money, method: 'void' })).toBe('Hold of 5.00 USD released');
    expect(message('payment_refunded', { ...money, method: 'refund', initiator: 'bank' })).toBe(
      'Payment of 5.00 USD refunded by the bank',
    );
  });

  it('is its name for an event that nobody has worded', () => {
    expect(stepOf({ type: 'parcel_lost', payload: {} })).toEqual({ message: 'Parcel lost', fields: {} });
  });
});
