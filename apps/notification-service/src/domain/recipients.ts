import type { NotificationChannel } from '@app/events';
import { createHash } from 'node:crypto';

/** How a customer wants to be reached. */
export interface Contact {
  readonly email: string | undefined;
  /** E.164: `+491701234567`. */
  readonly phone: string | undefined;
  readonly channels: readonly NotificationChannel[];
}

/** A contact as it is stored. */
export interface StoredContact extends Contact {
  readonly userId: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Where one notification goes; without an address it cannot be delivered. */
export interface Recipient {
  readonly channel: NotificationChannel;
  readonly address: string | undefined;
}

/** Where a customer's notifications go. Somebody without a contact gets mail at a made-up address, if there is a domain for it. */
export function recipientsOf(
  userId: string,
  contact: Contact | undefined,
  fallbackDomain: string | undefined,
): Recipient[] {
  const channels = contact?.channels ?? (['email'] as const);
  return channels.map((channel) => ({ channel, address: addressFor(channel, userId, contact, fallbackDomain) }));
}

/** A customer's address on one channel, whether or not it is a channel they have chosen. */
export function addressFor(
  channel: NotificationChannel,
  userId: string,
  contact: Contact | undefined,
  fallbackDomain: string | undefined,
): string | undefined {
  if (channel === 'sms') return contact?.phone;
  if (contact !== undefined) return contact.email;
  return fallbackDomain === undefined ? undefined : `${mailboxFor(userId)}@${fallbackDomain}`;
}

const PLAIN = /^[a-z0-9][a-z0-9_-]{0,62}[a-z0-9]$|^[a-z0-9]$/;

/**
 * A local part (RFC 5321, at most 64 characters) for any text. A plain id is its own mailbox. Anything else keeps what is
 * readable of it and gets 80 bits of its hash behind a dot, which plain ids do not have: two users never share a mailbox,
 * also where mail servers ignore upper and lower case.
 */
export function mailboxFor(userId: string): string {
  if (PLAIN.test(userId)) return userId;
  const readable = userId
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 32)
    .replace(/^-+|-+$/g, '');
  const hash = createHash('sha256').update(userId, 'utf8').digest('hex').slice(0, 20);
  return `${readable === '' ? 'user' : readable}.${hash}`;
}
