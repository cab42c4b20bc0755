import { DeliveryRejected } from './delivery-errors';
import { composeMail } from './mail-composer';

const DATE = new Date('2026-01-15T09:30:00.000Z');
const origin = { fromAddress: 'orders@example.test', fromName: 'Order Service' };
const message = {
  id: '01936f5e-8f3a-7c61-b1f0-3f6a1f0c9d11',
  orderId: '01936f5e-7d10-7e05-9a70-0d4c2a6f3b52',
  to: 'ada@example.org',
  subject: 'Your order',
  text: 'Hello\nworld',
  html: '<p>Hello</p>',
};

function headersOf(mail: string): string[] {
  return mail.slice(0, mail.indexOf('\r\n\r\n')).split('\r\n');
}

describe('a mail', () => {
  it('says who it is from, what about, and that no machine need answer it', () => {
    expect(headersOf(composeMail(message, origin, DATE))).toEqual([
      'Message-ID: <01936f5e-8f3a-7c61-b1f0-3f6a1f0c9d11@example.test>',
      'Date: Thu, 15 Jan 2026 09:30:00 +0000',
      'From: "Order Service" <orders@example.test>',
      'To: ada@example.org',
      'Subject: Your order',
      'References: <order-01936f5e-7d10-7e05-9a70-0d4c2a6f3b52@example.test>',
      'X-Order-Id: 01936f5e-7d10-7e05-9a70-0d4c2a6f3b52',
      'Auto-Submitted: auto-generated',
      'X-Auto-Response-Suppress: All',
      'MIME-Version: 1.0',
      'Content-Type: multipart/alternative; boundary="=_01936f5e-8f3a-7c61-b1f0-3f6a1f0c9d11"',
    ]);
  });

  it('has the plain text before the HTML, each in its part', () => {
    const mail = composeMail(message, origin, DATE);
    expect(mail.slice(mail.indexOf('\r\n\r\n') + 4)).toBe(
      [
        '--=_01936f5e-8f3a-7c61-b1f0-3f6a1f0c9d11',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Transfer-Encoding: 7bit',
        '',
        'Hello',
        'world',
        '--=_01936f5e-8f3a-7c61-b1f0-3f6a1f0c9d11',
        'Content-Type: text/html; charset=utf-8',
        'Content-Transfer-Encoding: 7bit',
        '',
        '<p>Hello</p>',
        '--=_01936f5e-8f3a-7c61-b1f0-3f6a1f0c9d11--',
        '',
      ].join('\r\n'),
    );
  });

  it('is ASCII on the wire, whatever it says', () => {
    const text = `Für ${'ü'.repeat(500)}`;
    const mail = composeMail({ ...message, text, subject: 'Grüße' }, { ...origin, fromName: 'Läden' }, DATE);
    expect(mail).toMatch(/^[\r\n\x20-\x7e]*$/);
    expect(mail).toContain('Subject: =?UTF-8?B?R3LDvMOfZQ==?=');
    expect(mail).toContain('From: =?UTF-8?B?TMOkZGVu?= <orders@example.test>');
    const encoded = /base64\r\n\r\n([\s\S]*?)\r\n--/.exec(mail)?.[1] ?? '';
    expect(Buffer.from(encoded, 'base64').toString('utf8')).toBe(text);
    expect(Math.max(...encoded.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(76);
  });

  it('encodes a line that is longer than mail servers take', () => {
    expect(composeMail({ ...message, html: 'x'.repeat(901) }, origin, DATE)).toContain('base64');
  });
});

describe('text that tries to become a header', () => {
  it('stays where it belongs', () => {
    const evil = 'x\r\nBcc: eve@example.net\r\n\r\nbody';
    const mail = composeMail({ ...message, subject: evil, orderId: evil }, { ...origin, fromName: `"${evil}` }, DATE);
    expect(headersOf(mail)).toHaveLength(11);
    expect(mail).toContain('Subject: x Bcc: eve@example.net body\r\n');
  });

  it.each([
    'ada@example.org\r\nBcc: eve@example.net',
    'ada@example.org, eve@example.net',
    '<ada@example.org>',
    'ada@example.org>',
    '"ada lovelace"@example.org',
    'ädä@example.org',
    '',
  ])('is no address: %j', (to) => {
    expect(() => composeMail({ ...message, to }, origin, DATE)).toThrow(DeliveryRejected);
  });
});
