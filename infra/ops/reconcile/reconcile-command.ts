import { printJson, type Console } from '../cli/console.ts';
import { EXIT, OpsError, type ExitCode } from '../cli/exit-code.ts';
import { printable } from '../cli/table.ts';
import { INVARIANTS, reconcile, type Disagreement, type ReconcileOptions, type Target } from './reconcile.ts';

/** Prints each disagreement as it comes, and a summary. */
export async function reconcileCommand(
  console: Console,
  target: Target,
  options: ReconcileOptions,
  json: boolean,
): Promise<ExitCode> {
  const counts = new Map<string, number>();
  try {
    for await (const found of reconcile(target, { ...options, onProgress: (doing) => console.progress(doing) })) {
      counts.set(found.invariant, (counts.get(found.invariant) ?? 0) + 1);
      console.print(json ? JSON.stringify(found) : printable(paragraphOf(found)));
    }
  } catch (error) {
    if (error instanceof TypeError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new OpsError(`the system can not be reconciled: ${why}. Are PostgreSQL and Kafka running?`);
  }
  if (json) return counts.size === 0 ? EXIT.fine : EXIT.found;
  console.print(counts.size === 0 ? 'Everything agrees.' : summaryOf(counts));
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

function summaryOf(counts: ReadonlyMap<string, number>): string {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return `${total} disagreements: ${[...counts].map(([invariant, count]) => `${invariant} × ${count}`).join(', ')}`;
}
