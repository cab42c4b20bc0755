import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { buildFaultyServices } from './programs.ts';
import type { Invariant } from './checks/invariant.ts';
import type { Breakage } from './instructions.ts';
import { runScenario, type Result } from './run-scenario.ts';
import { SCENARIOS } from './scenarios/index.ts';

/** A mistake, the scenario that has to find it, and an invariant that has to be red then (one of them). */
interface Tooth {
  /** Of a service, or the absence of alerts. */
  readonly breakage: Breakage | 'alert-removed';
  /** Alerts that are removed. */
  readonly alerts?: readonly string[];
  readonly scenario: string;
  readonly invariants: readonly Invariant[];
  /** How long the load lasts in a scenario that has no fixed course. */
  readonly minutes?: number;
}

const TEETH: readonly Tooth[] = [
  { breakage: 'outbox-skipped', scenario: 'S3', invariants: ['I1', 'I2'] },
  { breakage: 'inbox-skipped', scenario: 'S10', invariants: ['I8', 'I9'] },
  { breakage: 'row-lock-skipped', scenario: 'S14', invariants: ['I4', 'I5', 'I6'] },
  { breakage: 'offset-before-database', scenario: 'S1', invariants: ['I1', 'I9'] },
  { breakage: 'relay-without-lock', scenario: 'S13', invariants: ['I7'] },
  { breakage: 'compensation-skipped', scenario: 'S14', invariants: ['I5'] },
  { breakage: 'idempotency-outside-transaction', scenario: 'S5', invariants: ['I10'] },
  { breakage: 'locks-waited-for', scenario: 'S18', invariants: ['I9', 'I14'] },
  { breakage: 'topics-made-once', scenario: 'S22', invariants: ['I1', 'I13'] },
  { breakage: 'cut-noticed-late', scenario: 'S23', invariants: ['I1', 'I13'] },
  { breakage: 'broken-session-kept', scenario: 'S24', invariants: ['I9', 'I13', 'I14'] },
  { breakage: 'inbox-skipped', scenario: 'S25', invariants: ['I8', 'I9'], minutes: 2 },
  { breakage: 'own-clock', scenario: 'S26', invariants: ['I13'] },
  { breakage: 'event-loop-blocked', scenario: 'S10', invariants: ['I15'] },
  { breakage: 'alert-removed', alerts: ['OutboxNotPublished'], scenario: 'S3', invariants: ['I17'] },
];

const HELP = `npm run faults:teeth -- [--only inbox-skipped,…] [--seed 7]

Builds deliberate mistakes into the services, one at a time, and expects a named scenario to turn red because of each.
Fails when one of them goes unnoticed: then the checks are worth nothing.
`;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    seed: { type: 'string', default: '7' },
    rate: { type: 'string', default: '25' },
    out: { type: 'string', default: '.local/faults/teeth' },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) process.stdout.write(HELP);
else process.exitCode = await run();

async function run(): Promise<number> {
  const names = options.only?.split(',');
  const chosen = TEETH.filter(({ breakage }) => names?.includes(breakage) ?? true);
  await buildFaultyServices();
  const lines: string[] = [];
  let unnoticed = 0;
  for (const tooth of chosen) {
    const line = await bite(tooth);
    if (!line.startsWith('noticed')) unnoticed += 1;
    lines.push(line);
    process.stdout.write(`${line}\n`);
  }
  mkdirSync(options.out, { recursive: true });
  writeFileSync(`${options.out}/report.txt`, `${lines.join('\n')}\n`);
  process.stdout.write(`${chosen.length - unnoticed} noticed, ${unnoticed} unnoticed\n`);
  return unnoticed === 0 && chosen.length > 0 ? 0 : 1;
}

async function bite({ breakage, alerts = [], scenario: id, invariants, minutes = 0 }: Tooth): Promise<string> {
  const scenario = SCENARIOS.find((each) => each.id === id);
  if (scenario === undefined) throw new Error(`there is no scenario ${id}`);
  const plan = { seed: Number(options.seed), minutes, rate: Number(options.rate), keepFiles: false };
  const mistake = breakage === 'alert-removed' ? { withoutAlerts: alerts } : { breakage };
  const result = await runScenario(scenario, { ...plan, ...mistake }, `${options.out}/${id}-${breakage}`);
  if (result.broken !== undefined) return `COULD NOT BE TRIED ${breakage}: ${id} ${result.broken}`;
  const reds = redOf(result);
  const expected = reds.filter((red) => invariants.includes(red));
  const what = result.findings.filter(({ invariant }) => invariants.includes(invariant)).map((each) => each.what);
  return expected.length > 0
    ? `noticed ${breakage} in ${id} by ${expected.join(', ')} (all red: ${reds.join(', ')}): ${what.join('; ')}`
    : `UNNOTICED ${breakage} in ${id}: expected one of ${invariants.join(', ')}, red are ${reds.join(', ') || 'none'}`;
}

function redOf({ findings }: Result): Invariant[] {
  return [...new Set(findings.map(({ invariant }) => invariant))];
}
