import { setTimeout as delay } from 'node:timers/promises';
import { Database } from '../database.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world.ts';

/** Sessions of the services that are committing, or in the middle of a transaction. */
const CUT = `
  SELECT pg_terminate_backend(pid) AS cut FROM pg_stat_activity
  WHERE usename LIKE '%\\_service' AND (query ILIKE 'COMMIT%' AND state = 'active' OR state = 'idle in transaction')`;

/** Makes COMMIT slow enough to be hit, and hits it: the transaction is durable and nobody is told. */
async function cutAtCommit(world: World, seconds: number): Promise<void> {
  const database = new Database(world.cluster.system.stack.databaseUrl('admin'), 5_000);
  await database.query('ALTER SYSTEM SET commit_delay = 20000');
  await database.query('ALTER SYSTEM SET commit_siblings = 0');
  await database.query('SELECT pg_reload_conf()');
  const end = performance.now() + seconds * 1_000;
  while (performance.now() < end) {
    const cut = await database.query(CUT);
    world.cluster.relayInterruptions += cut.length;
    await delay(150);
  }
  await database.query('ALTER SYSTEM RESET ALL');
  await database.query('SELECT pg_reload_conf()');
  await database.close();
}

export const postgresRestarted: Scenario = {
  id: 'S5',
  title: 'PostgreSQL is restarted; sessions are cut at COMMIT',
  short: true,
  decisive: ['I2', 'I3', 'I10', 'I17'],
  alerts: { fire: ['RequestsRefused'] },
  api: { acceptedShare: 0.2, p99Ms: 12_000, statuses: [503] },
  mix: { keyed: 0.4 },
  // A session that is cut at COMMIT leaves leases of which nobody knows; the mail server is well.
  env: { DELIVERY_TIMEOUT_MS: '6000' },
  async run(world) {
    await world.calm(4);
    await world.fault('sessions are cut at COMMIT', () => cutAtCommit(world, 10));
    await world.fault('PostgreSQL is restarted', async () => {
      world.cluster.relayInterruptions += 4;
      await world.cluster.supervisor.restart('postgres');
    });
    await world.calm(4);
    await world.fault('PostgreSQL is killed', async () => {
      await world.cluster.killInfrastructure('postgres');
      world.cluster.relayInterruptions += 4;
      await world.calm(2);
      await world.cluster.start('postgres');
    });
    await world.calm(4);
  },
};
