import { once } from 'node:events';
import { createConnection } from 'node:net';
import { finding } from '../checks/invariant.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world.ts';

/** Redis speaks lines to whoever writes lines. */
async function flush(port: number): Promise<void> {
  const socket = createConnection({ host: '127.0.0.1', port });
  socket.setTimeout(2_000, () => socket.destroy(new Error('Redis does not answer')));
  socket.write('FLUSHALL\r\n');
  await once(socket, 'data');
  socket.destroy();
}

/** Reads every product the way a customer does; gives what differs from the database. */
async function wrongProducts(world: World): Promise<string[]> {
  const stored = await world.database.query<{ id: string; quantity: number }>(
    'SELECT product_id AS id, quantity FROM inventory',
  );
  const quantities = new Map(stored.map(({ id, quantity }) => [id, quantity]));
  const shown = await Promise.all(
    world.products.map(async (id) => ({ id, quantity: await world.cluster.system.quantityOf(id) })),
  );
  return shown.flatMap(({ id, quantity }) =>
    quantities.get(id) === quantity ? [] : [`${id}: ${quantity}, stored ${String(quantities.get(id))}`],
  );
}

/** Keeps asking for products: whatever happens to Redis, they are there. */
function browse(world: World): { stop(): Promise<void> } {
  const slow: string[] = [];
  let stopping = false;
  const running = (async () => {
    while (!stopping) {
      const begin = performance.now();
      await world.cluster.system
        .quantityOf(world.random.pick(world.products))
        .catch((error: unknown) => slow.push(String(error)));
      const ms = performance.now() - begin;
      if (ms > 5_000) slow.push(`${Math.round(ms)} ms at ${Math.round(world.load.now)} ms`);
      await world.calm(0.02);
    }
  })();
  return {
    async stop() {
      stopping = true;
      await running;
      world.findings.push(...finding('I14', 'a product could not be read in time', slow));
    },
  };
}

export const redis: Scenario = {
  id: 'S7',
  title: 'Redis is gone, flushed, frozen',
  decisive: ['I11', 'I14'],
  // Slower, and right.
  api: { acceptedShare: 1, p99Ms: 5_000, statuses: [] },
  mix: { followed: 0.4, cancelled: 0.2 },
  async run(world) {
    const { cluster } = world;
    const browsing = browse(world);
    await world.calm(4);
    await world.fault('Redis is gone', async () => {
      await cluster.killInfrastructure('redis');
      await world.calm(10);
      await cluster.start('redis');
    });
    await world.calm(3);
    await world.fault('Redis is flushed again and again', async () => {
      for (let times = 0; times < 10; times += 1) {
        await flush(cluster.system.stack.ports.redis);
        await world.calm(0.4);
      }
    });
    await world.fault('Redis is frozen', async () => {
      cluster.supervisor.pause('redis');
      await world.calm(10);
      cluster.supervisor.continue('redis');
    });
    await world.calm(4);
    await browsing.stop();
    await world.load.stop();
    await world.atRest();
    world.findings.push(...finding('I11', 'a product is shown with a wrong quantity', await wrongProducts(world)));
  },
};
