import { createHash, timingSafeEqual } from 'node:crypto';
import { InvalidCredentials } from './authentication';
import { type Caller, type Role, ROLES } from './caller';

/** A key of a program, by the hash of what the program sends. */
export interface ApiKey {
  /** Name of the program. */
  readonly subject: string;
  readonly roles: readonly Role[];
  /** SHA-256 of the key, 64 hexadecimal digits. A key is long and random, so a plain hash tells nothing about it. */
  readonly sha256: string;
}

const ENTRY = /^([\w.-]{1,64}):([a-z+]+):([0-9a-f]{64})$/;

/** Reads `name:role+role:sha256`. @returns undefined for anything else. */
export function parseApiKey(entry: string): ApiKey | undefined {
  const [, subject, roles, sha256] = ENTRY.exec(entry) ?? [];
  if (subject === undefined || roles === undefined || sha256 === undefined) return undefined;
  const named = roles.split('+');
  const known = ROLES.filter((role) => named.includes(role));
  return known.length === named.length ? { subject, roles: known, sha256 } : undefined;
}

/** The form `parseApiKey` reads. */
export function formatApiKey({ subject, roles, sha256 }: ApiKey): string {
  return `${subject}:${roles.join('+')}:${sha256}`;
}

/** Keys of programs, which have nobody to log in for them. */
export class ApiKeys {
  private readonly known: readonly { readonly hash: Buffer; readonly caller: Caller }[];

  constructor(keys: readonly ApiKey[]) {
    this.known = keys.map(({ subject, roles, sha256 }) => {
      return { hash: Buffer.from(sha256, 'hex'), caller: { subject, roles: new Set(roles), isAnonymous: false } };
    });
  }

  /** @throws InvalidCredentials when no program has this key. */
  verify(key: string): Caller {
    const hash = createHash('sha256').update(key).digest();
    const found = this.known.find((candidate) => timingSafeEqual(candidate.hash, hash));
    if (found === undefined) throw new InvalidCredentials('no program has this API key');
    return found.caller;
  }
}
