import { printJson, type Console } from '../cli/console.ts';
import { EXIT, OpsError, type ExitCode } from '../cli/exit-code.ts';
import { printable, printableJson } from '../cli/printable.ts';
import { countOf, table } from '../cli/table.ts';
import { INVARIANTS, reconcile, type Disagreement, type ReconcileOptions, type Target } from './reconcile.ts';

/** How the disagreements are told. */
export interface Printing {
  readonly json: boolean;
  /** Most of each check. One cause makes as many disagreements as it has touched orders: some show what it is. */
  readonly limit: number;
}

/** Prints disagreements as they come, some of each check, and a summary of all. */
export async function reconcileCommand(
  console: Console,
  target: Target,
  options: ReconcileOptions,
  { json, limit }: Printing,
): Promise<ExitCode> {
  const counts = new Map<string, number>();
  try {
    for await (const found of reconcile(target, { ...options, onProgress: (doing) => console.progress(doing) })) {
      const check = `${found.invariant} ${found.check}`;
      const count = (counts.get(check) ?? 0) + 1;
      counts.set(check, count);
      if (count > limit) continue;
      console.print(json ? printableJson(found) : printable(paragraphOf(found)));
    }
  } catch (error) {
    if (error instanceof TypeError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new OpsError(`reconciliation failed: ${why}; are PostgreSQL and Kafka running?`);
  }
  if (json) return counts.size === 0 ? EXIT.fine : EXIT.found;
  console.print(counts.size === 0 ? 'Everything agrees.' : summaryOf(counts, limit));
  return counts.size === 0 ? EXIT.fine : EXIT.found;
}

/** What is checked, for those who ask. */
export function invariantsReport(console: Console, json: boolean): ExitCode {
  if (json) printJson(console, INVARIANTS);
  else for (const [name, says] of Object.entries(INVARIANTS)) console.print(`${name.padEnd(4)} ${says}`);
  return EXIT.fine;
}

function paragraphOf({ invariant, check, service, subject, orderId, expected, found, mend }: Disagreement): string {
  const about = orderId === null || subject.includes(orderId) ? '' : ` (order ${orderId})`;
  const whose = /^[0-9a-f-]{36}$/.test(subject) ? `order ${subject}` : subject;
  const lines = [
    `${invariant} ${check}, ${service}: ${whose}${about}`,
    `  expected  ${expected}`,
    `  found     ${found}`,
  ];
  return [...lines, ...(mend === null ? [] : [`  mend      ${mend}`]), ''].join('\n');
}

function summaryOf(counts: ReadonlyMap<string, number>, limit: number): string {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const rows = [...counts].map(([check, count]) => [count, check, count > limit ? `${limit} printed` : null]);
  const hint = rows.some(([, , left]) => left !== null) ? '\n--limit 0 prints all; --json prints one per line.' : '';
  return `${countOf(total, 'disagreement')}\n${table(['COUNT', 'CHECK', ''], rows)}${hint}`;
}
