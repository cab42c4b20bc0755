import { cpus, totalmem } from 'node:os';
import { INVARIANTS } from './checks/invariant.ts';
import { details } from './report.ts';
import { isRed, mark, type Result } from './run-scenario.ts';

/** How the results came about. */
export interface Run {
  readonly seed: number;
  readonly rate: number;
  readonly at: Date;
  /** Scenarios that were run later than the others, on the same code. */
  readonly again: readonly string[];
}

/** The results as a page for docs/: when, where and with which seed, the table, and what is red. */
export function page(results: readonly Result[], { seed, rate, at, again }: Run): string {
  const green = results.filter((result) => !isRed(result)).length;
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const head = ['scenario', ...INVARIANTS, 'orders', 'again s', 'stall ms', 'rest s', 'seconds'];
  const rows = results.map((result) => {
    const { scenario, accepted, recoverySeconds, stallMs, restSeconds, seconds } = result;
    const marks = INVARIANTS.map((invariant) => mark(result, invariant));
    return [`${scenario.id} ${scenario.title}`, ...marks, accepted, recoverySeconds, stallMs, restSeconds, seconds];
  });
  const reds = results.filter(isRed).map(details).join('');
  return `# Last result of the fault suite

Made by \`npm run faults -- --seed ${seed} --rate ${rate} --page\`; see [the suite](../test/faults/README.md).

- ${at.toISOString()}, Node ${process.version}, ${machine}
- seed ${seed}, ${rate} orders/s where a scenario does not say otherwise
- ${green} of ${results.length} scenarios green${again.length === 0 ? '' : `; ${again.join(', ')} in a second go, on the same code (\`--resume\`)`}
- again s: longest that orders were refused after a fault had ended; rest s: until nothing was open any more
- stall ms: longest that a service served nobody because of what it was doing itself (I15: 200 ms at most)
- I17 is judged where a scenario says which alerts have to fire: a Prometheus with the deployed rules watches it, with twenty times
  the haste ([how](../test/faults/README.md#alerts))

${[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')}
${reds === '' ? '' : `\n## What is red\n\n\`\`\`text${reds}\`\`\`\n`}`;
}
