import type { Client } from 'pg';
import type { ServiceName } from '../../stack/service-names.ts';
import type { Check, Disagreement, Invariant } from './check.ts';
import { mendFor } from './mend.ts';
import { openMessagesOf } from './open-messages.ts';

/** The first look collects suspects, the second one says which of them are still there. */
export type Look = 1 | 2;

interface FindingRow {
  readonly invariant: Invariant;
  readonly check: string;
  readonly service: ServiceName;
  readonly subject: string;
  readonly order_id: string | null;
  readonly expected: string;
  readonly found: string;
}

const PAGE = 500;

const BOTH_LOOKS = `
  DECLARE both_looks NO SCROLL CURSOR FOR
  SELECT invariant, "check", service, subject, order_id, expected, found FROM findings a
  WHERE look = 1 AND EXISTS (
    SELECT FROM findings b WHERE b.look = 2 AND b.invariant = a.invariant AND b."check" = a."check"
      AND b.service = a.service AND b.subject = a.subject AND b.expected = a.expected AND b.found = a.found)
  GROUP BY invariant, "check", service, subject, order_id, expected, found
  ORDER BY substr(invariant, 2)::integer, "check", service, subject`;

/** What the checks find, kept in the database: there may be as many findings as orders. */
export class Findings {
  constructor(private readonly client: Client) {}

  /** @returns how much the check found. */
  async run(look: Look, { invariant, name, service, sql }: Check): Promise<number> {
    const result = await this.client.query(
      `INSERT INTO findings (look, invariant, "check", service, subject, order_id, expected, found)
       SELECT $1, $2, $3, $4, subject, order_id, expected, found FROM (${sql}) AS finding`,
      [look, invariant, name, service],
    );
    return result.rowCount ?? 0;
  }

  async add(look: Look, finding: Omit<FindingRow, 'expected'>, expected: string): Promise<void> {
    const { invariant, check, service, subject, order_id, found } = finding;
    await this.client.query('INSERT INTO findings VALUES ($1, $2, $3, $4, $5, $6, $7, $8)', [
      ...[look, invariant, check, service, subject, order_id, expected, found],
    ]);
  }

  /** The orders a check has found something about at the first look. */
  async suspects(check: string): Promise<string[]> {
    const { rows } = await this.client.query<{ order_id: string }>(
      'SELECT DISTINCT order_id FROM findings WHERE look = 1 AND "check" = $1 AND order_id IS NOT NULL',
      [check],
    );
    return rows.map((row) => row.order_id);
  }

  /** What both looks have found, with what can be done about it. */
  async *confirmed(): AsyncGenerator<Disagreement> {
    await this.client.query('BEGIN');
    try {
      await this.client.query(BOTH_LOOKS);
      for (;;) {
        const { rows } = await this.client.query<FindingRow>(`FETCH ${PAGE} FROM both_looks`);
        if (rows.length === 0) return;
        const orderIds = rows.flatMap(({ order_id }) => order_id ?? []);
        const messages = await openMessagesOf(this.client, orderIds);
        for (const { order_id: orderId, ...row } of rows) {
          const finding = { ...row, orderId };
          yield { ...finding, mend: mendFor(finding, orderId === null ? [] : (messages.get(orderId) ?? [])) };
        }
      }
    } finally {
      await this.client.query('ROLLBACK').catch(() => undefined);
    }
  }
}
