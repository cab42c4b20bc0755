import { createHash } from 'node:crypto';

/** What the suite plants, and what must never be found in a log, a topic or a dead letter (I16). */
export const PLANTED = {
  token: 'planted-token-7f3a9c51',
  card: '4929123456781234',
  email: 'planted.mailbox@example.test',
  phone: '+491709876543',
  smtpPassword: 'planted-smtp-password-51c2',
} as const;

/** Makes the token the key of a program that may order: what proves nothing would be refused. */
export const plantedKey: Readonly<Record<string, string>> = {
  AUTHENTICATION: 'open',
  AUTH_API_KEYS: `load:service:${createHash('sha256').update(PLANTED.token).digest('hex')}`,
};

/** Sent with every order. */
export const secretHeaders: Readonly<Record<string, string>> = {
  authorization: `Bearer ${PLANTED.token}`,
  cookie: `session=${PLANTED.token}`,
};
