import { printJson, type Console } from '../cli/console.ts';
import { withDatabase } from '../cli/database.ts';
import { EXIT, OpsError, type ExitCode } from '../cli/exit-code.ts';
import { printable } from '../cli/printable.ts';
import { countOf } from '../cli/table.ts';
import { verifyAudit, type AuditProblem, type AuditScope } from './verify-audit.ts';

/** More than anybody reads; they are counted all the same. */
const MOST_IN_JSON = 1_000;

/** Verifies the audit trails of all orders, of those placed since, or of one. */
export async function auditVerify(
  console: Console,
  databaseUrl: string,
  scope: AuditScope,
  json: boolean,
): Promise<ExitCode> {
  const progress = { orders: 0, entries: 0, unbound: 0 };
  const problems: AuditProblem[] = [];
  let bad = 0;
  await withDatabase(databaseUrl, async (client) => {
    for await (const problem of verifyAudit(client, scope, progress)) {
      bad += 1;
      if (!json) console.print(printable(sentenceOf(problem)));
      else if (problems.length < MOST_IN_JSON) problems.push(problem);
    }
  });
  if (progress.orders === 0 && scope.orderIds !== undefined)
    throw new OpsError(`no order has the id ${scope.orderIds.join()}`);
  const verdict = bad === 0 ? 'all audit trails are valid' : `${countOf(bad, 'order')} with an invalid audit trail`;
  if (json) printJson(console, { ...progress, bad_orders: bad, problems });
  else {
    console.print(
      `${countOf(progress.orders, 'order')} with ${countOf(progress.entries, 'entry', 'entries')} verified: ${verdict}`,
    );
    if (progress.unbound > 0)
      console.print(
        `${countOf(progress.unbound, 'order')} placed before trails said what was ordered: customer, lines, total, currency and payment method were not verified`,
      );
  }
  return bad === 0 ? EXIT.fine : EXIT.found;
}

function sentenceOf({ orderId, orderNumber, entry, problems }: AuditProblem): string {
  const [first = ''] = problems;
  // Most problems begin with the entry they are about.
  const order = `order ${orderId} (${orderNumber})`;
  const where = entry === null || first.startsWith('entry ') ? order : `${order}, entry ${entry}`;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return `${where}: ${first}${more}`;
}
