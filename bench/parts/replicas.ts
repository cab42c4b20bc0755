import { countedMails } from '../mails.ts';
import type { ReplicasResult } from '../result.ts';
import { inFreshSystem, shareOf, stageOf, warmUp, type RunContext } from './context.ts';
import { search } from './search.ts';

const RATE_SHARE = 0.5;

/** Sixteen processes with ten connections each would have all of PostgreSQL's 200, with those that listen and look. */
const FEWER_CONNECTIONS = { DATABASE_POOL_SIZE: '6' };

/** The same system with more processes of each service, and the load spread over its order services. */
export async function measureReplicas(
  run: RunContext,
  counts: readonly number[],
  reference: number,
): Promise<ReplicasResult[]> {
  const results: ReplicasResult[] = [];
  const rate = shareOf(reference, RATE_SHARE);
  for (const replicas of counts) {
    run.say(`replicas: ${replicas} of each service`);
    const options = { label: `bench-replicas-${replicas}`, replicas, env: FEWER_CONNECTIONS };
    const result = await inFreshSystem(run, await countedMails(), options, async (context) => {
      await warmUp(context, rate);
      const stage = await stageOf(context, { name: `${replicas} replicas`, rate, seconds: context.seconds });
      const found = await search(context, reference);
      context.broken.push(...(await context.bench.finalCheck()).map((what) => `${replicas} replicas: ${what}`));
      return { replicas, search: found, stage };
    });
    results.push(result);
  }
  return results;
}
