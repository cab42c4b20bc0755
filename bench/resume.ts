import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from './machine.ts';
import { isAlone, needsRound, type BenchPlan, type Part } from './options.ts';
import type { BenchResult, Resumption } from './result.ts';

/** @throws Error when there is none in the directory. */
export function resultIn(directory: string): BenchResult {
  return JSON.parse(readFileSync(join(directory, 'result.json'), 'utf8')) as BenchResult;
}

/** The parts that a result has: an interrupted run planned more. */
export function partsOf({ plan, rounds, ...others }: BenchResult): Part[] {
  return plan.parts.filter((part) => (isAlone(part) ? part in others : rounds.length > 0));
}

/**
 * What is left of a plan when a result has the rest of it: parts, and rounds. Parts of a round that no round of the result has are
 * measured in rounds of their own.
 * @throws Error when it is of another machine: figures of two do not go together.
 */
export function planLeft(plan: BenchPlan, result: BenchResult, machine: Machine): BenchPlan {
  const told = ({ cpus, model, memoryGiB }: Machine): string => `${cpus} × ${model}, ${memoryGiB} GiB`;
  if (told(machine) !== told(result.machine)) {
    throw new Error(`the result is of another machine: ${told(result.machine)}; this is ${told(machine)}`);
  }
  const has = partsOf(result);
  const missing = plan.parts.filter((part) => !has.includes(part));
  if (needsRound(missing)) return { ...plan, parts: missing };
  const rounds = Math.max(0, plan.rounds - result.rounds.length);
  return {
    ...plan,
    rounds,
    parts: plan.parts.filter((part) => missing.includes(part) || (rounds > 0 && !isAlone(part))),
  };
}

/** The head of a result with what both runs have measured. */
export function headOfBoth(
  result: BenchResult,
  left: BenchPlan,
  { at, commit }: Pick<Resumption, 'at' | 'commit'>,
): Pick<BenchResult, 'at' | 'machine' | 'plan' | 'resumed'> {
  const parts = [...new Set([...partsOf(result), ...left.parts])];
  const added = needsRound(left.parts) ? left.rounds : 0;
  const resumed = [...(result.resumed ?? []), { at, commit, parts: left.parts, rounds: added }];
  const rounds = result.rounds.length + added;
  const { replicas, stored } = left;
  return { at: result.at, machine: result.machine, plan: { ...result.plan, parts, rounds, replicas, stored }, resumed };
}
