import { startBenchSystem } from '../bench-system.ts';
import { countedMails } from '../mails.ts';
import type { ReplicasResult } from '../result.ts';
import { stageOf, warmUp, type PartContext } from './context.ts';
import { search } from './search.ts';

const RATE_SHARE = 0.5;

/** Sixteen processes with ten connections each would have all of PostgreSQL's 200, with those that listen and look. */
const FEWER_CONNECTIONS = { DATABASE_POOL_SIZE: '6' };

/** The same system with more processes of each service, and the load spread over its order services. */
export async function measureReplicas(
  context: Omit<PartContext, 'bench'>,
  counts: readonly number[],
  reference: number,
): Promise<ReplicasResult[]> {
  const results: ReplicasResult[] = [];
  for (const replicas of counts) {
    context.say(`replicas: ${replicas} of each service`);
    const bench = await startBenchSystem(await countedMails(), {
      label: `bench-replicas-${replicas}`,
      replicas,
      seed: context.seed,
      env: FEWER_CONNECTIONS,
    });
    try {
      const inside = { ...context, bench };
      const rate = Math.max(1, Math.round(reference * RATE_SHARE));
      await warmUp(inside, rate);
      const stage = await stageOf(inside, { name: `${replicas} replicas`, rate, seconds: context.seconds });
      results.push({ replicas, search: await search(inside, reference), stage });
      context.broken.push(...(await bench.finalCheck()).map((what) => `${replicas} replicas: ${what}`));
    } finally {
      await bench.stop();
    }
  }
  return results;
}
