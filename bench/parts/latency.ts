import type { LatencyResult } from '../result.ts';
import { shareOf, shortDuration, stageOf, type PartContext } from './context.ts';
import { UNLOADED_RATE } from './load.ts';

export const SHARES = [0.1, 0.5, 0.8] as const;

/** Latency with nothing else to do, and at shares of the sustained rate. */
export async function measureLatency(context: PartContext, sustained: number): Promise<LatencyResult> {
  const unloaded = await stageOf(context, {
    name: 'unloaded',
    rate: UNLOADED_RATE,
    seconds: shortDuration(context.seconds) * 2,
  });
  const atShares = [];
  for (const share of SHARES) {
    const rate = shareOf(sustained, share);
    const stage = await stageOf(context, { name: `at ${share * 100} %`, rate, seconds: context.seconds });
    atShares.push({ share, stage });
  }
  return { unloaded, atShares };
}
