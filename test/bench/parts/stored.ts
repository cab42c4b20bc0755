import { startBenchSystem } from '../bench-system.ts';
import { countedMails } from '../mails.ts';
import type { StoredResult } from '../result.ts';
import { fillWithOrders } from '../stored/fill.ts';
import { stageOf, warmUp, type PartContext } from './context.ts';

const RATE_SHARE = 0.5;

/** With more, the invariants of all tables would take as long as the rest; each order of the load is checked in any case. */
const CHECK_ALL_UP_TO = 300_000;

/** Measures systems in which so many orders are stored already, each a fresh one, all at one rate. */
export async function measureStored(
  context: Omit<PartContext, 'bench'>,
  counts: readonly number[],
  reference: number,
): Promise<StoredResult[]> {
  const results: StoredResult[] = [];
  for (const orders of counts) {
    const bench = await startBenchSystem(await countedMails(), { label: `bench-stored-${orders}`, seed: context.seed });
    try {
      const { databaseMiB, seconds } = await fillWithOrders(bench, orders);
      context.say(`stored: ${orders} orders, ${databaseMiB} MiB, written in ${seconds} s`);
      const inside = { ...context, bench };
      const rate = Math.max(1, Math.round(reference * RATE_SHARE));
      await warmUp(inside, rate);
      const stage = await stageOf(inside, { name: `${orders} stored`, rate, seconds: context.seconds });
      results.push({ orders, databaseMiB, fillSeconds: seconds, stage });
      context.broken.push(
        ...(await bench.finalCheck({ readTables: orders <= CHECK_ALL_UP_TO })).map(
          (what) => `${orders} stored: ${what}`,
        ),
      );
    } finally {
      await bench.stop();
    }
  }
  return results;
}
