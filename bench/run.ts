import { figuresOf, median } from './figures.ts';
import { thisMachine } from './machine.ts';
import { ALONE, benchOptions, HELP, needsRound, type BenchOptions } from './options.ts';
import type { RunContext } from './parts/context.ts';
import { measureReplicas } from './parts/replicas.ts';
import { measureStored } from './parts/stored.ts';
import { summaryOf } from './report.ts';
import type { BenchResult, Round } from './result.ts';
import { headOfBoth, planLeft, resultIn } from './resume.ts';
import { attempt, runObserving, runRound, runSmtp, runSteps } from './round.ts';
import { storeDocuments, storeResult } from './store.ts';

const options = benchOptions(process.argv.slice(2));
if (options.help) process.stdout.write(HELP);
else process.exitCode = await run(options);

type Measured = Omit<BenchResult, 'at' | 'machine' | 'plan' | 'resumed' | 'figures' | 'broken'>;

async function run(options: BenchOptions): Promise<number> {
  const { out } = options;
  const [at, machine] = [new Date().toISOString(), await thisMachine()];
  const before = options.resume ? resultIn(out) : undefined;
  const plan = before === undefined ? options.plan : planLeft(options.plan, before, machine);
  const head = before === undefined ? { at, machine, plan } : headOfBoth(before, plan, { at, commit: machine.commit });
  const begin = performance.now();
  const say = (line: string): void => {
    process.stdout.write(`[${String(Math.round((performance.now() - begin) / 1_000)).padStart(5)} s] ${line}\n`);
  };
  const run: RunContext = { seconds: plan.seconds, seed: plan.seed, say, broken: [...(before?.broken ?? [])] };
  const result = (measured: Measured): BenchResult => ({
    ...measured,
    ...head,
    figures: figuresOf(measured),
    broken: run.broken,
  });
  // Stored after each part: it is a long way to the last one.
  const store = (soFar: Measured): Promise<void> => storeResult(result(soFar), out);
  const measured = await measure({ plan, keep: options.keep }, before ?? { rounds: [] }, run, store);
  await storeDocuments(result(measured), out);
  process.stdout.write(`\n${summaryOf(result(measured))}`);
  const refused = measured.rounds.some(({ load }) => (load?.loaded.refused ?? 0) > 0);
  return run.broken.length > 0 || refused ? 1 : 0;
}

async function measure(
  { plan, keep }: Pick<BenchOptions, 'plan' | 'keep'>,
  before: Measured,
  run: RunContext,
  store: (soFar: Measured) => Promise<void>,
): Promise<Measured> {
  const rounds: Round[] = [...before.rounds];
  let measured: Measured = { ...before, rounds };
  for (let round = 1; needsRound(plan.parts) && round <= plan.rounds; round += 1) {
    if (plan.rounds > 1) run.say(`round ${round} of ${plan.rounds}`);
    const from = foundBy(rounds) ?? plan.rate;
    const done = await attempt(run, `round ${round}`, () => runRound({ ...plan, rate: from }, run, keep));
    if (done !== undefined) rounds.push(done);
    await store(measured);
  }
  const reference = foundBy(rounds) ?? plan.rate;
  const others: Record<(typeof ALONE)[number], () => Promise<Partial<Measured>>> = {
    steps: async () => ({ steps: await runSteps(run, reference) }),
    smtp: async () => ({ smtp: await runSmtp(run, reference) }),
    observing: async () => ({ observing: await runObserving(run, reference) }),
    replicas: async () => ({ replicas: await measureReplicas(run, plan.replicas, reference) }),
    stored: async () => ({ stored: await measureStored(run, plan.stored, reference) }),
  };
  for (const part of ALONE) {
    if (!plan.parts.includes(part)) continue;
    measured = { ...measured, ...(await attempt(run, part, others[part])) };
    await store(measured);
  }
  return measured;
}

/** The rate that rounds have found to be sustained: where others begin, and what shares of a rate are of. */
function foundBy(rounds: readonly Round[]): number | undefined {
  const sustained = rounds.flatMap(({ search }) => (search === undefined ? [] : [search.sustainedPerSecond]));
  return sustained.length > 0 ? Math.round(median(sustained)) : undefined;
}
