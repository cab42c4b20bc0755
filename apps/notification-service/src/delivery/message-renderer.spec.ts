import { minorUnitsOf, NOTIFICATION_TYPES } from '@app/events';
import type { Facts } from '../domain/announcement';
import { renderMail, renderMessage } from './message-renderer';
import { amountInWords } from './templates/wording';

const ORDER = '01936f5e-7d10-7e05-9a70-0d4c2a6f3b52';
const amount = { currency: 'EUR', amount: minorUnitsOf(129_999) };
const laptop = { name: 'Gaming Laptop', quantity: 1, price: minorUnitsOf(129_999) };

const FACTS: readonly Facts[] = [
  { type: 'order_received', ...amount, items: [laptop] },
  { type: 'order_paid', ...amount },
  { type: 'payment_failed', ...amount, reason: 'insufficient_funds' },
  { type: 'order_confirmed', ...amount },
  { type: 'order_cancelled', ...amount, reason: 'out_of_stock' },
  { type: 'payment_refunded', ...amount, method: 'void' },
  { type: 'payment_refunded', ...amount, method: 'refund' },
  { type: 'payment_refunded', ...amount, method: 'refund', total: minorUnitsOf(139_999) },
  { type: 'order_cancelled', ...amount, reason: 'payment_failed', detail: 'payment_reversed' },
];

describe('a message', () => {
  it('exists for every type', () => {
    expect(new Set(FACTS.map(({ type }) => type))).toEqual(new Set(NOTIFICATION_TYPES));
  });

  it.each(FACTS)('names order and amount in all its forms: $type', (facts) => {
    const { subject, message, html } = renderMail(facts, ORDER);
    expect(renderMessage(facts, ORDER, 'email')).toEqual({ subject, message });
    expect(subject).toContain(ORDER);
    for (const text of [message, html]) {
      expect(text).toContain(ORDER);
      expect(text).toContain('1,299.99 EUR');
      expect(text).not.toContain('{{');
    }
    expect(html).toContain(`<title>${subject}</title>`);
    expect(renderMessage(facts, ORDER, 'sms').message.length).toBeLessThanOrEqual(160);
  });

  it('says of an order whose money was given back that it was, not that the payment failed', () => {
    const facts: Facts = { type: 'order_cancelled', ...amount, reason: 'payment_failed', detail: 'payment_reversed' };
    const { message } = renderMessage(facts, ORDER, 'email');
    expect(message).toContain('because your payment was given back');
    expect(message).not.toContain('failed');
  });

  it('lists what was ordered', () => {
    const { message } = renderMessage({ type: 'order_received', ...amount, items: [laptop] }, ORDER, 'email');
    expect(message).toContain('1 x Gaming Laptop, 1,299.99 EUR each\n');
  });

  it('says why an order was cancelled', () => {
    const facts = { type: 'order_cancelled', ...amount, reason: 'timed_out' } as const;
    expect(renderMessage(facts, ORDER, 'email').message).toContain('because it could not be completed in time');
  });

  it('tells a released hold from a refund', () => {
    const of = (method: 'void' | 'refund') =>
      renderMessage({ type: 'payment_refunded', ...amount, method }, ORDER, 'email').message;
    expect(of('void')).toContain('was released, nothing was charged');
    expect(of('refund')).toContain('We have refunded 1,299.99 EUR');
  });
});

describe('what others have written', () => {
  const name = '<script>alert(1)</script> {{amount}} &\r\nTotal: 0.00 EUR\u202E\u061C\u200F\u206A\uFFF9';
  const facts: Facts = { type: 'order_received', ...amount, items: [{ ...laptop, name }] };

  it('is text in HTML, never markup and never a template', () => {
    const { html } = renderMail(facts, ORDER);
    expect(html).not.toContain('<script>');
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; {{amount}} &amp; Total: 0.00 EUR');
  });

  it('stays on its line in plain text', () => {
    const { message } = renderMessage(facts, ORDER, 'email');
    expect(message).toContain('1 x <script>alert(1)</script> {{amount}} & Total: 0.00 EUR, 1,299.99 EUR each');
  });
});

describe('an amount', () => {
  it.each([
    [0, '0.00 USD'],
    [5, '0.05 USD'],
    [99_999, '999.99 USD'],
    [100_000, '1,000.00 USD'],
    [99_999_999_999, '999,999,999.99 USD'],
  ])('of %d cents reads %s', (cents, text) => {
    expect(amountInWords(minorUnitsOf(cents), 'USD')).toBe(text);
  });
});
