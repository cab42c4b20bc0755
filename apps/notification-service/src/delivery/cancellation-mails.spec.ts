import { minorUnitsOf, PAYMENT_FAILURE_REASONS } from '@app/events';
import type { Facts } from '../domain/announcement';
import type { Shortage } from '../domain/shortage';
import { renderMail, renderMessage } from './message-renderer';

const ORDER = '01936f5e-7d10-7e05-9a70-0d4c2a6f3b52';
const order = { orderNumber: '7F3K-29QX', currency: 'EUR', amount: minorUnitsOf(129_999) };

const laptops: Shortage = {
  productId: 'L1',
  name: 'Gaming Laptop',
  requested: 5,
  available: 2,
  reason: 'insufficient_stock',
};
const mouse: Shortage = {
  productId: 'M1',
  name: 'Gaming Mouse',
  requested: 1,
  available: 0,
  reason: 'insufficient_stock',
};
const stranger: Shortage = { productId: 'NOVEL001', requested: 1, available: 0, reason: 'unknown_product' };

function cancelled(...shortages: readonly Shortage[]): Facts {
  return { type: 'order_cancelled', ...order, reason: 'out_of_stock', shortages };
}
const sms = (facts: Facts): string => renderMessage(facts, ORDER, 'sms').message;

describe('the mail about an order that was cancelled for want of stock', () => {
  it('says of each product how much of it there is, in text and in HTML', () => {
    const { message, html } = renderMail(cancelled(laptops, mouse, stranger), ORDER);
    expect(message).toContain(
      [
        'was cancelled because not everything you ordered is available.',
        '',
        '- Gaming Laptop: 2 of 5 are available.',
        '- Gaming Mouse: Out of stock. You ordered 1.',
        '- NOVEL001: We do not sell this product.',
        '',
        'Total: 1,299.99 EUR',
      ].join('\n'),
    );
    for (const text of ['<bdi>Gaming Laptop</bdi>', '2 of 5 are available.', 'We do not sell this product.']) {
      expect(html).toContain(text);
    }
    expect(message).toContain('place a new order for what is available');
  });

  it('tells what is not sold from what is not there', () => {
    expect(renderMail(cancelled(mouse), ORDER).message).toContain('because not everything you ordered is in stock.');
    const { message } = renderMail(cancelled(stranger), ORDER);
    expect(message).toContain('because we do not sell everything you ordered.');
    expect(message).not.toContain('stock');
  });

  it('has one of something, and several', () => {
    expect(renderMail(cancelled({ ...laptops, available: 1 }), ORDER).message).toContain('1 of 5 is available.');
  });

  it('writes what others call their products as text', () => {
    const { message, html } = renderMail(cancelled({ ...mouse, name: '<b>x</b>\r\nTotal: 0' }), ORDER);
    expect(message).toContain('\n- <b>x</b> Total: 0: Out of stock.');
    expect(html).toContain('<bdi>&lt;b&gt;x&lt;/b&gt; Total: 0</bdi>');
  });

  it('says what it said before when the event does not tell what was short', () => {
    const facts: Facts = { type: 'order_cancelled', ...order, reason: 'out_of_stock' };
    expect(renderMail(facts, ORDER).message).toContain('because not everything you ordered is in stock.');
  });
});

describe('the SMS about it', () => {
  it('names products', () => {
    expect(sms(cancelled(laptops))).toBe('Your order 7F3K-29QX was cancelled: Gaming Laptop (2 of 5 available).');
    expect(sms(cancelled(mouse, stranger))).toBe(
      'Your order 7F3K-29QX was cancelled: Gaming Mouse (out of stock), NOVEL001 (not sold by us).',
    );
  });

  it('is one message, however many and however long they are', () => {
    const long = { ...laptops, name: '🦊 Extraordinarily Long '.repeat(4).trim() };
    for (const count of [1, 2, 3, 20, 100]) {
      for (const facts of [
        cancelled(...Array<Shortage>(count).fill(long)),
        cancelled(...Array<Shortage>(count).fill(laptops)),
      ]) {
        for (const text of [sms(facts), sms({ ...facts, orderNumber: undefined } as unknown as Facts)]) {
          expect(text.length).toBeLessThanOrEqual(160);
          expect(text.isWellFormed()).toBe(true);
        }
      }
    }
    expect(sms(cancelled(laptops, laptops, mouse, mouse, mouse))).toMatch(/ and \d more\.$/);
  });
});

describe('the messages about an order whose payment failed', () => {
  it.each([
    ['declined', 'your bank declined the payment'],
    ['insufficient_funds', 'there was not enough money in the account'],
    ['capture_failed', 'the reserved amount could not be collected'],
    ['gateway_unavailable', 'our payment provider could not be reached'],
  ] as const)('say of %s that %s', (declineReason, words) => {
    const facts: Facts = { type: 'order_cancelled', ...order, reason: 'payment_failed', declineReason };
    const { message, html } = renderMail(facts, ORDER);
    for (const text of [message, html, sms(facts)]) expect(text).toContain(`because ${words}.`);
    expect(PAYMENT_FAILURE_REASONS).toContain(declineReason);
  });
});
