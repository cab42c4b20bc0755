import { serviceNames } from '../../../tools/stack/index.ts';
import { Balancer } from '../balancer.ts';
import { finding } from '../checks/invariant.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world.ts';

async function renew(world: World, name: string): Promise<void> {
  const { cluster } = world;
  await cluster.supervisor.stop(name);
  await cluster.start(name);
  await cluster.consuming([name]);
}

/** Ends that were not in order: killed by whoever lost patience, or with work left undone. */
function watchEnds(world: World): string[] {
  const bad: string[] = [];
  world.cluster.supervisor.onExit(({ name, code, signal }) => {
    if (world.cluster.instances.has(name) && code !== 0) bad.push(`${name} ended with ${signal ?? String(code)}`);
  });
  return bad;
}

export const rollingRestart: Scenario = {
  id: 'S2',
  title: 'SIGTERM: every instance is restarted in turn, two of each service behind a balancer',
  decisive: ['I8', 'I14'],
  // No failed request, and nobody who waits long.
  api: { acceptedShare: 1, p99Ms: 8_000, statuses: [] },
  rate: 8,
  // The balancer of this suite looks five times a second; this machine may have other things to do.
  env: { SHUTDOWN_DELAY_MS: '2000' },
  async run(world) {
    const { cluster } = world;
    world.maxReplicas = 2;
    for (const service of serviceNames) await cluster.addReplica(service);
    const balancer = new Balancer(cluster);
    balancer.start();
    await cluster.consuming();
    await world.calm(3);
    const bad = watchEnds(world);
    const before = cluster.relayInterruptions;
    for (const service of serviceNames) {
      for (const name of cluster.names(service)) {
        await world.fault(`${name} is restarted`, () => renew(world, name));
      }
    }
    await world.calm(3);
    await balancer.stop();
    const failed = world.load.journal.entries.filter(({ status }) => status === 0 || status >= 500);
    const lines = failed.map(({ kind, status, at }) => `${kind}: ${status} at ${Math.round(at)} ms`);
    world.findings.push(
      ...finding('I14', 'requests failed', lines),
      ...finding('I14', 'a process did not end in order', bad),
    );
    if (cluster.relayInterruptions !== before) throw new Error('nothing was to be killed');
  },
};
