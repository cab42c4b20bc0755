import type { LoadResult } from '../result.ts';
import { shortDuration, stageOf, type PartContext } from './context.ts';

export const UNLOADED_RATE = 5;

/** A few orders a second, and then as many as were asked for. */
export async function measureLoad(context: PartContext, rate: number): Promise<LoadResult> {
  const unloaded = await stageOf(context, {
    name: 'unloaded',
    rate: UNLOADED_RATE,
    seconds: shortDuration(context.seconds),
  });
  const loaded = await stageOf(context, { name: 'loaded', rate, seconds: context.seconds });
  return { unloaded, loaded };
}
