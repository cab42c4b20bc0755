import Table from 'cli-table3';
import { INVARIANTS } from './checks/invariant.ts';
import { isRed, mark, type Result } from './run-scenario.ts';

/** One table, scenario × invariant, and what was found below it. */
export function report(results: readonly Result[]): string {
  const table = new Table({
    head: ['', ...INVARIANTS.map((name) => name.slice(1)), 'orders', 'again s', 'stall ms', 'rest s', 's'],
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
  });
  for (const result of results) {
    const { scenario, accepted, recoverySeconds, stallMs, restSeconds, seconds } = result;
    table.push([
      scenario.id,
      ...INVARIANTS.map((invariant) => mark(result, invariant)),
      accepted,
      recoverySeconds,
      stallMs,
      restSeconds,
      seconds,
    ]);
  }
  return `${table.toString()}\n${results.map(details).join('')}`;
}

/** What is red about a scenario, for the person who has to look into it; empty when nothing is. */
export function details(result: Result): string {
  if (!isRed(result)) return '';
  const { scenario, broken, findings, seed } = result;
  const head = `\n${scenario.id} ${scenario.title} (seed ${seed})\n`;
  if (broken !== undefined) return `${head}  could not be carried out: ${broken}\n`;
  const lines = findings.map(
    ({ invariant, what, count, examples }) => `  ${invariant} ${what} (${count}): ${examples.join(' | ')}\n`,
  );
  return head + lines.join('');
}
