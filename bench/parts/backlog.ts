import { offerLoad } from '../load.ts';
import { firstIdAt } from '../observer.ts';
import type { BacklogResult } from '../result.ts';
import { shareOf, type PartContext } from './context.ts';
import { emptying } from './emptying.ts';

const STOPPED = ['payment-service', 'inventory-service', 'notification-service'] as const;
const RATE_SHARE = 0.5;

/** Orders come in for a time with only the order service there; then the others are started. */
export async function measureBacklog(context: PartContext, sustained: number): Promise<BacklogResult> {
  const { bench, seconds, say, broken } = context;
  const rate = shareOf(sustained, RATE_SHARE);
  const names = STOPPED.flatMap((service) => bench.instancesOf(service));
  await bench.stopAll(names);
  const firstId = firstIdAt(Date.now());
  const load = offerLoad({ ...bench.loadOptions(), rate, seconds, followEvery: Infinity });
  const samples = await load.answered;
  const orders = await bench.observer.openOrders();
  const begin = performance.now();
  const started = Promise.all(names.map((name) => bench.system.stack.supervisor.start(name)));
  const drained = await emptying(() => bench.observer.openOrders());
  await started;
  await bench.observer.untilSettled(samples, firstId);
  const recoverySeconds = Math.round((performance.now() - begin) / 100) / 10;
  const wrong = await bench.observer.wrongOrders(samples, firstId);
  broken.push(...wrong.map((what) => `backlog: ${what}`));
  const drainedPerSecond = Math.round(drained.perSecond * 10) / 10;
  say(`backlog of ${orders} orders: drained at ${drainedPerSecond}/s, at rest ${recoverySeconds} s after the start`);
  return { stopped: STOPPED, offeredPerSecond: rate, seconds, orders, recoverySeconds, drainedPerSecond, wrong };
}
