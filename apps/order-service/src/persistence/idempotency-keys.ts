import { createHash } from 'node:crypto';
import type { UnitOfWork } from '@app/messaging';
import { columnsOf, rowSet } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { IdempotencyKeyEntity } from './idempotency-key.entity';

/** What was answered to the first request with a key. */
export interface StoredAnswer {
  readonly status: number;
  /** JSON. */
  readonly body: string;
}

/** A request that may carry a key. */
export interface KeyClaim {
  /** Whose key it is. */
  readonly subject: string;
  readonly key: string | undefined;
  /** The parameters of the request, in a fixed order of fields. */
  readonly content: unknown;
}

/** What a key says about its request. */
export type KeyVerdict =
  | { readonly kind: 'new' }
  | { readonly kind: 'replay'; readonly answer: StoredAnswer }
  /** The same key in the same group: the first one's answer will do, once it is committed. */
  | { readonly kind: 'same_as'; readonly index: number }
  | { readonly kind: 'mismatch' }
  | { readonly kind: 'in_use' };

type KeyRow = Pick<IdempotencyKeyEntity, 'subject' | 'key' | 'fingerprint' | 'status' | 'body'>;

const ANSWERS = rowSet(columnsOf(IdempotencyKeyEntity));

const STORE = `INSERT INTO idempotency_keys (${ANSWERS.columns()}) SELECT * FROM ${ANSWERS.unnest('a')}`;

/** Remembers the answers to requests with an `Idempotency-Key`, in the transaction of what they caused. */
@Injectable()
export class IdempotencyKeys {
  /**
   * Decides for each request of a group. A key that another transaction holds is reported as in use at once, without
   * waiting for that transaction.
   */
  async claim(unitOfWork: UnitOfWork, claims: readonly KeyClaim[]): Promise<KeyVerdict[]> {
    const keys = ownKeysOf(claims);
    if (keys.length === 0) return claims.map(() => ({ kind: 'new' }));
    const free = await this.lock(unitOfWork, keys);
    // A statement of its own: its snapshot must be younger than the locks.
    const known = await this.read(unitOfWork, keys);
    const firstUse = new Map<string, number>();
    return claims.map((claim, index) => {
      const { content } = claim;
      const key = nameOf(claim);
      if (key === undefined) return { kind: 'new' };
      if (!free.has(key)) return { kind: 'in_use' };
      const row = known.get(key);
      if (row !== undefined) return verdictOf(row, content);
      const first = firstUse.get(key);
      if (first === undefined) {
        firstUse.set(key, index);
        return { kind: 'new' };
      }
      const same = fingerprintOf(claims[first]?.content) === fingerprintOf(content);
      return same ? { kind: 'same_as', index: first } : { kind: 'mismatch' };
    });
  }

  /** Stores the answers of requests whose verdict was `new`. */
  async store(
    unitOfWork: UnitOfWork,
    answers: readonly {
      subject: string;
      key: string;
      content: unknown;
      orderId: string;
      answer: StoredAnswer;
      at: Date;
    }[],
  ): Promise<void> {
    if (answers.length === 0) return;
    const rows = answers.map(({ subject, key, content, orderId, answer: { status, body }, at }) => {
      return { subject, key, fingerprint: fingerprintOf(content), orderId, status, body, createdAt: at };
    });
    await unitOfWork.query(STORE, ANSWERS.parameters(rows));
  }

  /** Forgets keys older than `before`, a thousand at a time. @returns whether there may be more. */
  async prune(unitOfWork: UnitOfWork, before: Date): Promise<boolean> {
    const rows = await unitOfWork.query(
      `DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM idempotency_keys WHERE created_at < $1 LIMIT 1000 FOR UPDATE SKIP LOCKED)) RETURNING 1`,
      [before],
    );
    return rows.length === 1_000;
  }

  private async lock(unitOfWork: UnitOfWork, keys: readonly OwnKey[]): Promise<Set<string>> {
    const rows = await unitOfWork.query<{ name: string; locked: boolean }>(
      `SELECT name, pg_try_advisory_xact_lock(hashtextextended('idempotency ' || name, 0)) AS locked
       FROM unnest($1::text[]) AS k (name)`,
      [keys.map(({ name }) => name)],
    );
    return new Set(rows.filter((row) => row.locked).map((row) => row.name));
  }

  private async read(unitOfWork: UnitOfWork, keys: readonly OwnKey[]): Promise<Map<string, KeyRow>> {
    const rows = await unitOfWork.query<KeyRow>(
      `SELECT i.subject, i.key, i.fingerprint, i.status, i.body
       FROM unnest($1::text[], $2::text[]) AS k (subject, key) JOIN idempotency_keys i USING (subject, key)`,
      [keys.map(({ subject }) => subject), keys.map(({ key }) => key)],
    );
    return new Map(rows.map((row) => [nameOf(row) ?? '', row]));
  }
}

/** A key and whose it is. */
interface OwnKey {
  readonly subject: string;
  readonly key: string;
  /** The two as one text: a subject has no space. */
  readonly name: string;
}

/** Each once, in the one order in which everybody locks them. */
function ownKeysOf(claims: readonly KeyClaim[]): OwnKey[] {
  const keys = new Map<string, OwnKey>();
  for (const { subject, key } of claims) {
    const name = nameOf({ subject, key });
    if (key !== undefined && name !== undefined) keys.set(name, { subject, key, name });
  }
  return [...keys.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

function nameOf({ subject, key }: { subject: string; key: string | undefined }): string | undefined {
  return key === undefined ? undefined : `${subject} ${key}`;
}

function verdictOf(row: KeyRow, content: unknown): KeyVerdict {
  if (row.fingerprint !== fingerprintOf(content)) return { kind: 'mismatch' };
  return { kind: 'replay', answer: { status: row.status, body: row.body } };
}

function fingerprintOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
