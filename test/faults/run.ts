import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeFormatted } from '../../tools/docs/write-formatted.ts';
import { HOW_TO_INSTALL } from '../../tools/observability/tools.ts';
import type { Scenario } from './scenario.ts';
import { described } from './alerts/firing.ts';
import { earlierResult } from './earlier-results.ts';
import { buildFaultyServices } from './programs.ts';
import { page } from './page.ts';
import { details, report } from './report.ts';
import { isRed, runScenario, type Result } from './run-scenario.ts';
import { SCENARIOS } from './scenarios/index.ts';

const root = join(import.meta.dirname, '../..');

const HELP = `npm run faults -- [--only S3,S5] [--minutes 2] [--seed 7] [--list] [--keep]

Breaks an isolated system on purpose while it is loaded, and checks every invariant after each scenario. Prints one table,
keeps history and a timeline for each scenario under .local/faults, and fails when anything is red.

  --only     some scenarios instead of all
  --minutes  the load lasts at least so long where a scenario has no fixed course
  --seed     of the load and of everything that is chosen at random; printed, so that a run can be repeated
  --rate     orders per second
  --short    the selection for continuous integration; alerts are not judged, which takes a machine that has nothing else to do
  --page     writes the result to docs/fault-suite.md
  --resume   goes on with the last run: what was green with this seed and the same code is not run again
  --draw DIR draws the dashboards of docs/observability.md as they looked, in a folder for each scenario
  --keep     leaves data and logs of the systems under .local/stacks
`;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    minutes: { type: 'string', default: '0' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    rate: { type: 'string', default: '25' },
    out: { type: 'string', default: '.local/faults/last' },
    short: { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
    resume: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    draw: { type: 'string' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) process.stdout.write(HELP);
else if (options.list) {
  for (const { id, title, decisive } of SCENARIOS) {
    process.stdout.write(`${id.padEnd(5)} ${title} (${decisive.join(', ')})\n`);
  }
} else process.exitCode = await run();

/** What is to run. The short selection leaves the alerts out. */
function selected(ids: readonly string[] | undefined): readonly Scenario[] {
  if (ids !== undefined) return SCENARIOS.filter(({ id }) => ids.includes(id));
  if (!options.short) return SCENARIOS;
  return SCENARIOS.filter(({ short }) => short === true).map(({ alerts: _, ...scenario }) => scenario);
}

async function run(): Promise<number> {
  const ids = options.only?.split(',').map((id) => id.trim());
  const unknown = ids?.find((id) => !SCENARIOS.some((scenario) => scenario.id === id));
  if (unknown !== undefined) {
    process.stderr.write(`There is no scenario ${unknown}; see --list.\n`);
    return 2;
  }
  const wanted = selected(ids);
  const seed = Number(options.seed);
  process.stdout.write(`seed ${seed}\n`);
  const missing = wanted.map((scenario) => ({ scenario, needs: scenario.needs?.() }));
  const chosen = missing.flatMap(({ scenario, needs }) => (needs === undefined ? [scenario] : []));
  const notRun = missing.flatMap(({ scenario, needs }) => (needs === undefined ? [] : [`${scenario.id}: ${needs}`]));
  await buildFaultyServices();
  const results: Result[] = [];
  const again: string[] = [];
  for (const scenario of chosen) {
    const earlier = options.resume ? earlierResult(scenario, { root, directory: options.out, seed }) : undefined;
    if (earlier !== undefined) {
      results.push(earlier.result);
      process.stdout.write(`── ${scenario.id} was green at ${earlier.at.toISOString()}\n`);
      continue;
    }
    if (options.resume) again.push(scenario.id);
    process.stdout.write(`── ${scenario.id} ${scenario.title}\n`);
    const plan = {
      seed,
      minutes: Number(options.minutes),
      rate: Number(options.rate),
      keepFiles: options.keep,
      draw: options.draw,
    };
    const result = await runScenario(scenario, plan, options.out);
    results.push(result);
    process.stdout.write(isRed(result) ? details(result) : `   green after ${result.seconds} s\n`);
    process.stdout.write(alertLines(result));
  }
  const table = report(results) + notRun.map((line) => `not run: ${line}\n`).join('');
  mkdirSync(options.out, { recursive: true });
  writeFileSync(join(options.out, 'report.txt'), `seed ${seed}\n${table}`);
  const asPage = page(results, { seed, rate: Number(options.rate), at: new Date(), again });
  await writeFormatted(options.page ? 'docs/fault-suite.md' : join(options.out, 'report.md'), asPage);
  const red = results.filter(isRed).length;
  writeFileSync(join(options.out, 'counts.json'), JSON.stringify(asJestCounts(results.length - red, red)));
  process.stdout.write(`\n${table}\n${results.length - red} green, ${red} red\n`);
  return red === 0 && results.length > 0 ? 0 : 1;
}

/** What fired, and when; or that nobody looked. */
function alertLines({ scenario, firings, broken }: Result): string {
  if (scenario.alerts === undefined || broken !== undefined) return '';
  if (firings === undefined) return `   alerts were not judged: ${HOW_TO_INSTALL}\n`;
  return firings.map((firing) => `   ${described(firing)}\n`).join('');
}

/** What test/setup/count-results.ts reads: a scenario counts as a test. */
function asJestCounts(numPassedTests: number, numFailedTests: number): Record<string, number> {
  return { numPassedTests, numFailedTests, numPendingTests: 0, numTodoTests: 0, numRuntimeErrorTestSuites: 0 };
}
