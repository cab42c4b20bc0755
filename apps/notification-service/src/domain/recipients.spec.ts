import fc from 'fast-check';
import { mailboxFor, recipientsOf } from './recipients';

describe('a customer with a contact', () => {
  it('is written to on the channels they have chosen', () => {
    const contact = { email: 'ada@example.org', phone: '+491701234567', channels: ['sms', 'email'] as const };
    expect(recipientsOf('user_123', contact, 'example.test')).toEqual([
      { channel: 'sms', address: '+491701234567' },
      { channel: 'email', address: 'ada@example.org' },
    ]);
  });
});

describe('a customer without a contact', () => {
  it('gets mail at a made-up address', () => {
    expect(recipientsOf('user_123', undefined, 'example.test')).toEqual([
      { channel: 'email', address: 'user_123@example.test' },
    ]);
  });

  it('cannot be reached where nothing is made up', () => {
    expect(recipientsOf('user_123', undefined, undefined)).toEqual([{ channel: 'email', address: undefined }]);
  });
});

describe('a made-up mailbox', () => {
  it('is the id itself when that is plain', () => {
    expect(mailboxFor('user_123')).toBe('user_123');
  });

  it('keeps what is readable of any other id', () => {
    expect(mailboxFor('Ada Lovelace <ada@example.org>\r\nBcc: x')).toMatch(
      /^ada-lovelace-ada-example-org-bcc\.[0-9a-f]{20}$/,
    );
    expect(mailboxFor('用户')).toMatch(/^user\.[0-9a-f]{20}$/);
  });

  it('tells upper from lower case, which mail servers do not', () => {
    expect(mailboxFor('Ada').toLowerCase()).not.toBe(mailboxFor('ada'));
  });

  it('is a valid local part for any text, and never shared', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 100 });
    const userId = fc.oneof(text, fc.string({ unit: fc.constantFrom('a', 'A', '.', '-', '_'), minLength: 1 }));
    fc.assert(
      fc.property(userId, userId, (one, other) => {
        expect(mailboxFor(one)).toMatch(/^[a-z0-9][a-z0-9_-]*(?:\.[0-9a-f]{20})?$/);
        expect(mailboxFor(one).length).toBeLessThanOrEqual(64);
        expect(mailboxFor(one) === mailboxFor(other)).toBe(one === other);
      }),
      { numRuns: 1_000 },
    );
  });
});
