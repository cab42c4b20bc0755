import { countedMails } from '../mails.ts';
import type { StoredResult } from '../result.ts';
import { fillWithOrders } from '../stored/fill.ts';
import { inFreshSystem, shareOf, stageOf, warmUp, type RunContext } from './context.ts';

const RATE_SHARE = 0.5;

/** With more, the invariants of all tables would take as long as the rest; each order of the load is checked in any case. */
const CHECK_ALL_UP_TO = 300_000;

/** Measures systems in which so many orders are stored already, each a fresh one, all at one rate. */
export async function measureStored(
  run: RunContext,
  counts: readonly number[],
  reference: number,
): Promise<StoredResult[]> {
  const results: StoredResult[] = [];
  const rate = shareOf(reference, RATE_SHARE);
  for (const orders of counts) {
    const options = { label: `bench-stored-${orders}` };
    const result = await inFreshSystem(run, await countedMails(), options, async (context) => {
      const { databaseMiB, seconds: fillSeconds } = await fillWithOrders(context.bench, orders);
      context.say(`stored: ${orders} orders, ${databaseMiB} MiB, written in ${fillSeconds} s`);
      await warmUp(context, rate);
      const stage = await stageOf(context, { name: `${orders} stored`, rate, seconds: context.seconds });
      const broken = await context.bench.finalCheck({ readTables: orders <= CHECK_ALL_UP_TO });
      context.broken.push(...broken.map((what) => `${orders} stored: ${what}`));
      return { orders, databaseMiB, fillSeconds, stage };
    });
    results.push(result);
  }
  return results;
}
