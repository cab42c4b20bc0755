import { setTimeout as delay } from 'node:timers/promises';
import { usageOf } from '../../test/system/processes.ts';
import type { IdleResult } from '../result.ts';
import { shortDuration, type PartContext } from './context.ts';

/** Timers of the last load have run out by then. */
const REST_SECONDS = 10;

/** What each process takes of a core while there is nothing to do. */
export async function measureIdle({ bench, seconds, say }: PartContext): Promise<IdleResult> {
  await delay(REST_SECONDS * 1_000);
  const [pids, begin] = [bench.pids(), performance.now()];
  const before = usageOf(pids);
  await delay(Math.max(10, 1.5 * shortDuration(seconds)) * 1_000);
  const [after, elapsed] = [usageOf(pids), (performance.now() - begin) / 1_000];
  const shares = Object.fromEntries(
    Object.entries(after).map(([name, { cpuSeconds }]) => [
      name,
      Math.round(((cpuSeconds - (before[name]?.cpuSeconds ?? 0)) / elapsed) * 10_000) / 10_000,
    ]),
  );
  const percent = Object.entries(shares).map(([name, share]) => `${name} ${(share * 100).toFixed(2)} %`);
  say(`idle, of a core: ${percent.join(', ')}`);
  return { seconds: Math.round(elapsed), shares };
}
