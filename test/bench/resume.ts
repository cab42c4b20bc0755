import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from './machine.ts';
import { isAlone, type BenchPlan, type Part } from './options.ts';
import type { BenchResult } from './result.ts';

/** A later run that added parts to a result. */
export interface Resumption {
  readonly at: string;
  readonly commit: string;
  readonly parts: readonly Part[];
}

/** @throws Error when there is none in the directory. */
export function resultIn(directory: string): BenchResult {
  return JSON.parse(readFileSync(join(directory, 'result.json'), 'utf8')) as BenchResult;
}

/** The parts that a result has: an interrupted run planned more. */
export function partsOf({ plan, rounds, ...others }: BenchResult): Part[] {
  return plan.parts.filter((part) => (isAlone(part) ? part in others : rounds.length > 0));
}

/**
 * What is left of a plan when a result has the rest of it.
 * @throws Error when it is of another machine: figures of two do not go together.
 */
export function planLeft(plan: BenchPlan, result: BenchResult, machine: Machine): BenchPlan {
  const told = ({ cpus, model, memoryGiB }: Machine): string => `${cpus} × ${model}, ${memoryGiB} GiB`;
  if (told(machine) !== told(result.machine)) {
    throw new Error(`the result is of another machine: ${told(result.machine)}; this is ${told(machine)}`);
  }
  const has = partsOf(result);
  return { ...plan, parts: plan.parts.filter((part) => !has.includes(part)) };
}

/** The head of a result with the parts of both runs. */
export function headOfBoth(
  result: BenchResult,
  left: BenchPlan,
  { at, commit }: Pick<Resumption, 'at' | 'commit'>,
): Pick<BenchResult, 'at' | 'machine' | 'plan' | 'resumed'> {
  const parts = [...partsOf(result), ...left.parts];
  const resumed = [...(result.resumed ?? []), { at, commit, parts: left.parts }];
  const { replicas, stored } = left;
  return { at: result.at, machine: result.machine, plan: { ...result.plan, parts, replicas, stored }, resumed };
}
