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
  { type: 'order_cancelled', ...amount, reason: 'payment_failed', declineReason: 'insufficient_funds' },
  {
    type: 'order_cancelled',
    ...amount,
    reason: 'out_of_stock',
    shortages: [
      { productId: 'LAPTOP001', name: 'Gaming Laptop', requested: 5, available: 2, reason: 'insufficient_stock' },
    ],
  },
];

const numbered = (facts: Facts): Facts => ({ ...facts, orderNumber: '7F3K-29QX' });

describe('a message', () => {
  it('exists for every type', () => {
    expect(new Set(FACTS.map(({ type }) => type))).toEqual(new Set(NOTIFICATION_TYPES));
  });

  it.each(FACTS)('names order and amount in all its forms: $type', (facts) => {
    const { subject, message, html } = renderMail(numbered(facts), ORDER);
    expect(renderMessage(numbered(facts), ORDER, 'email')).toEqual({ subject, message });
    expect(subject).toContain('order 7F3K-29QX');
    for (const text of [message, html]) {
      expect(text).toContain('7F3K-29QX');
      expect(text).toContain(ORDER);
      expect(text).toContain('1,299.99 EUR');
      expect(text).toContain('What happens next');
      expect(text).toContain('Reply to this email and mention your order number, ');
      expect(text).not.toContain('{{');
    }
    expect(html).toContain(`<title>${subject}</title>`);
    const sms = renderMessage(numbered(facts), ORDER, 'sms').message;
    expect(sms).toContain('order 7F3K-29QX');
    expect(sms).not.toContain(ORDER);
    expect(sms.length).toBeLessThanOrEqual(160);
  });

  it.each(FACTS)('about an order whose number is not known says “your order”, and has the id below: $type', (facts) => {
    const { subject, message, html } = renderMail(facts, ORDER);
    expect(subject).toMatch(/your order\b/i);
    for (const text of [subject, message, html]) expect(text).not.toMatch(/undefined|for order\b/);
    expect(subject).not.toContain(ORDER);
    for (const text of [message, html]) expect(text).toContain(`mention your order ID, ${ORDER}.`);
    const sms = renderMessage(facts, ORDER, 'sms').message;
    expect(sms).toContain(`order ${ORDER}`);
    expect(sms.length).toBeLessThanOrEqual(160);
  });

  it('has a subject that says what happened', () => {
    expect(FACTS.map((facts) => renderMessage(numbered(facts), ORDER, 'email').subject)).toEqual([
      'We received your order 7F3K-29QX',
      'Your payment for order 7F3K-29QX is approved',
      'Your payment for order 7F3K-29QX was declined',
      'Your order 7F3K-29QX is confirmed',
      'Your order 7F3K-29QX was cancelled',
      'You were not charged for order 7F3K-29QX',
      'We refunded your payment for order 7F3K-29QX',
      'We refunded part of your payment for order 7F3K-29QX',
      ...Array<string>(3).fill('Your order 7F3K-29QX was cancelled'),
    ]);
  });

  it('does not blame the bank for what is not its doing', () => {
    const facts: Facts = { type: 'payment_failed', ...amount, reason: 'gateway_unavailable' };
    const { subject, message } = renderMessage(numbered(facts), ORDER, 'email');
    expect(subject).toBe('Your payment for order 7F3K-29QX failed');
    expect(message).not.toMatch(/bank|declined/);
  });

  it('says of an order whose money was given back that it was, not that the payment failed', () => {
    const facts: Facts = { type: 'order_cancelled', ...amount, reason: 'payment_failed', detail: 'payment_reversed' };
    const { message } = renderMessage(facts, ORDER, 'email');
    expect(message).toContain('because your payment was given back');
    expect(message).not.toContain('failed');
  });

  it('lists what was ordered, with quantity and price', () => {
    const mice = { name: 'Gaming Mouse', quantity: 2, price: minorUnitsOf(7_999) };
    const { message, html } = renderMail({ type: 'order_received', ...amount, items: [laptop, mice] }, ORDER);
    expect(message).toContain('\n1 x Gaming Laptop: 1,299.99 EUR\n2 x Gaming Mouse: 159.98 EUR (79.99 EUR each)\n');
    for (const text of ['<bdi>Gaming Mouse</bdi>', '2 &times; 79.99 EUR', '159.98 EUR']) expect(html).toContain(text);
  });

  it('says why an order was cancelled', () => {
    const facts = { type: 'order_cancelled', ...amount, reason: 'timed_out' } as const;
    expect(renderMessage(facts, ORDER, 'email').message).toContain('because it could not be completed in time');
  });

  it('tells a released hold from a refund, and a part from all of it', () => {
    const of = (method: 'void' | 'refund', total?: number) => {
      const facts: Facts = { type: 'payment_refunded', ...amount, method };
      const all = total === undefined ? facts : { ...facts, total: minorUnitsOf(total) };
      return renderMessage(all, ORDER, 'email').message;
    };
    expect(of('void')).toContain('You have not been charged.');
    expect(of('refund')).toContain('We refunded 1,299.99 EUR for your order.');
    expect(of('refund', 139_999)).toContain('Refunded now: 1,299.99 EUR\nRefunded in total: 1,399.99 EUR\n');
  });
});

describe('the HTML of a mail', () => {
  const { html } = renderMail(numbered({ type: 'order_received', ...amount, items: [laptop] }), ORDER);

  it('fetches nothing and runs nothing', () => {
    expect(html).not.toMatch(/https?:|\bsrc=|url\(|<script|<link|@import/i);
  });

  it('can be sent as it is: ASCII, in lines that mail servers take', () => {
    expect(html).toMatch(/^[\n\x20-\x7e]*$/);
    expect(Math.max(...html.split('\n').map((line) => line.length))).toBeLessThan(900);
  });

  it('can be read in the dark', () => {
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
    expect(html).toContain('@media (prefers-color-scheme:dark)');
  });
});

describe('what others have written', () => {
  const name = '<script>alert(1)</script> {{amount}} &\r\nTotal: 0.00 EUR\u202E\u061C\u200F\u206A\uFFF9';
  const facts: Facts = { type: 'order_received', ...amount, items: [{ ...laptop, name }] };

  it('is text in HTML, never markup and never a template', () => {
    const { html } = renderMail(facts, ORDER);
    expect(html).not.toContain('<script>');
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; {{amount}} &amp; Total: 0.00 EUR</bdi>');
  });

  it('stays on its line in plain text', () => {
    const { message } = renderMessage(facts, ORDER, 'email');
    expect(message).toContain('\n1 x <script>alert(1)</script> {{amount}} & Total: 0.00 EUR: 1,299.99 EUR\n');
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
