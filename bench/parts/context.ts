import { startBenchSystem, type BenchSystem, type BenchSystemOptions } from '../bench-system.ts';
import type { Mails } from '../mails.ts';
import { runStage, type StagePlan, type StageResult } from '../stage.ts';

/** What a part works with. */
export interface PartContext {
  readonly bench: BenchSystem;
  readonly seconds: number;
  readonly seed: number;
  /** Tells whoever waits. */
  readonly say: (line: string) => void;
  /** Collects what must not be: lost and wrong orders, broken invariants. */
  readonly broken: string[];
}

/** What the parts of a run share; each part adds a system. */
export type RunContext = Omit<PartContext, 'bench'>;

/** Starts a system for a part, and stops it whatever becomes of that. */
export async function inFreshSystem<Result>(
  run: RunContext,
  mails: Mails,
  options: Omit<BenchSystemOptions, 'seed'>,
  part: (context: PartContext) => Promise<Result>,
): Promise<Result> {
  const bench = await startBenchSystem(mails, { ...options, seed: run.seed });
  try {
    return await part({ ...run, bench });
  } finally {
    await bench.stop();
  }
}

/** A share of a rate, in whole orders a second. */
export function shareOf(rate: number, share: number): number {
  return Math.max(1, Math.round(rate * share));
}

/** Seconds of a short stage (warm-up, trial): a third of a long one, at least five. */
export function shortDuration(seconds: number): number {
  return Math.max(5, Math.round(seconds / 3));
}

/** A stage of a part: its wrong orders count against the whole run. */
export async function stageOf({ bench, say, broken }: PartContext, plan: StagePlan): Promise<StageResult> {
  const stage = await runStage(bench, plan);
  broken.push(...stage.wrong.map((wrong) => `${plan.name} at ${plan.rate}/s: ${wrong}`));
  say(
    `${plan.name}: ${plan.rate}/s for ${plan.seconds} s, confirmed ${stage.confirmedPerSecond}/s, p50 ${stage.confirmedMs.p50} ms, ` +
      `p99 ${stage.confirmedMs.p99} ms, ${stage.cpuSecondsPer1000} CPU s per 1,000` +
      (stage.notSustained.length > 0 ? `; not sustained: ${stage.notSustained.join(', ')}` : ''),
  );
  return stage;
}

export async function warmUp(context: PartContext, rate: number): Promise<void> {
  await stageOf(context, { name: 'warm-up', rate, seconds: shortDuration(context.seconds) });
}
