import type { Check, Invariant } from './check.ts';
import { ROW_CHECKS } from './row-checks.ts';
import { Workspace } from './workspace.ts';

/** What one check has found. */
export interface RowFinding {
  readonly invariant: Invariant;
  readonly check: Check['name'];
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
}

/**
 * One look at the tables alone, of a system at rest: everything counts, however new it is. It needs nothing that has to be
 * compiled, so that plain Node can run it; for a system at work, and for the topics, see `reconcile`.
 */
export async function rowsThatDisagree(databaseUrl: string): Promise<RowFinding[]> {
  const workspace = await Workspace.open(databaseUrl);
  try {
    const past = new Date(0);
    await workspace.bound({ since: past, topicsSince: past, settledBefore: await workspace.now() });
    const found: RowFinding[] = [];
    for (const { invariant, name, sql } of ROW_CHECKS) {
      const { rows } = await workspace.client.query<Omit<RowFinding, 'invariant' | 'check'>>(sql);
      found.push(...rows.map(({ subject, expected, found }) => ({ invariant, check: name, subject, expected, found })));
    }
    return found;
  } finally {
    await workspace.close();
  }
}
