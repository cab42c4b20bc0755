import { runBaselines } from './baselines/baselines.ts';
import { countedMails, smtpMails } from './mails.ts';
import type { BenchPlan, Part } from './options.ts';
import { measureBacklog } from './parts/backlog.ts';
import { inFreshSystem, shareOf, shortDuration, warmUp, type RunContext, type PartContext } from './parts/context.ts';
import { measureIdle } from './parts/idle.ts';
import { databaseShares, measureHotProduct, measureRelay, walPosition } from './parts/limits.ts';
import { measureLatency } from './parts/latency.ts';
import { measureLoad } from './parts/load.ts';
import { measureObserving } from './parts/observing.ts';
import { search } from './parts/search.ts';
import { measureSmtp } from './parts/smtp.ts';
import { measureSteps } from './parts/steps.ts';
import type { ObservingResult, Round, SmtpResult, StepsResult } from './result.ts';

/** A part that cannot be carried out counts as broken, and what others have measured meanwhile is not lost. */
export async function attempt<T>(
  { say, broken }: RunContext,
  name: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const what = `${name} could not be carried out: ${error instanceof Error ? error.message : String(error)}`;
    say(what);
    broken.push(what);
    return undefined;
  }
}

/** All parts that share a system, in a fresh one. */
export async function runRound(plan: BenchPlan, run: RunContext, keepFiles: boolean): Promise<Round> {
  const mails = await (plan.mails === 'smtp' ? smtpMails() : countedMails());
  return inFreshSystem(run, mails, { label: 'bench', keepFiles }, (context) => measureRound(plan, context));
}

async function measureRound(plan: BenchPlan, context: PartContext): Promise<Round> {
  const { bench, broken } = context;
  const part = <T>(name: Part, work: () => Promise<T>): Promise<T | undefined> =>
    plan.parts.includes(name) ? attempt(context, name, work) : Promise.resolve(undefined);
  await warmUp(context, plan.rate);
  const load = await part('load', () => measureLoad(context, plan.rate));
  const found = await part('search', () => search(context, plan.rate));
  const reference = found?.sustainedPerSecond ?? plan.rate;
  const latency = await part('latency', () => measureLatency(context, reference));
  const backlog = await part('backlog', () => measureBacklog(context, reference));
  const idle = await part('idle', () => measureIdle(context));
  const hot = await part('limits', async () => {
    const before = await walPosition(bench);
    const hotProduct = await measureHotProduct(context, reference);
    const walBytesPerOrder = Math.round(((await walPosition(bench)) - before) / hotProduct.accepted);
    return { hotProduct, walBytesPerOrder, databaseShares: databaseShares(bench) };
  });
  broken.push(...(await bench.finalCheck()));
  // Its records are copies: only now, that everything has been checked.
  const limits = hot && (await part('limits', async () => ({ ...hot, relay: await measureRelay(bench) })));
  const lasting = { warmUpSeconds: 10, seconds: shortDuration(plan.seconds) };
  const baselines = await part('baselines', () => runBaselines(bench, lasting));
  return {
    ...(load && { load }),
    ...(found && { search: found }),
    ...(latency && { latency }),
    ...(backlog && { backlog }),
    ...(idle && { idle }),
    ...(limits && { limits }),
    ...(baselines && { baselines }),
  };
}

/** What an order waits for, in a system that has few of them. */
export async function runSteps(run: RunContext, rate: number): Promise<StepsResult> {
  return inFreshSystem(run, await countedMails(), { label: 'bench-steps' }, async (context) => {
    await warmUp(context, Math.ceil(rate / 2));
    const result = await measureSteps(context);
    context.broken.push(...(await context.bench.finalCheck()));
    return result;
  });
}

/** What SMTP carries, in a system whose mails all go through it. */
export async function runSmtp(run: RunContext, rate: number): Promise<SmtpResult> {
  return inFreshSystem(run, await smtpMails(), { label: 'bench-smtp' }, async (context) => {
    await warmUp(context, rate);
    const result = await measureSmtp(context, rate);
    context.broken.push(...(await context.bench.finalCheck()));
    return result;
  });
}

/** What it costs to be observed, at half of what the system sustains: there the CPU is not all there is. */
export function runObserving(run: RunContext, rate: number): Promise<ObservingResult> {
  return measureObserving(run, shareOf(rate, 0.5), countedMails);
}
