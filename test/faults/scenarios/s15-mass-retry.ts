import { eventually } from '../../../libs/testing/src/eventually.ts';
import { finding } from '../checks/invariant.ts';
import type { Scenario } from '../scenario.ts';
import { ScenarioCustomers } from '../scenario-customers.ts';
import type { World } from '../world.ts';

const SERVICE = 'inventory-service';
const TOPIC = 'payment_successful';
const LETTERS = 1_000;
const STILL_BAD = 10;
const ACTOR = 'fault suite';

interface Job {
  readonly job_id: string;
  readonly status: 'running' | 'done';
  readonly total: number;
  readonly resolved: number;
  readonly failed_again: number;
  readonly skipped: number;
}

async function count(world: World, status: string): Promise<number> {
  const [row] = await world.database.query<{ n: string }>(
    'SELECT count(*) AS n FROM inventory_service.failed_messages WHERE status = $1',
    [status],
  );
  return Number(row?.n);
}

/** Orders until so many of them stand at a handler that does not understand them. @returns orders the suite has placed. */
async function pileUp(world: World): Promise<string[]> {
  const customers = new ScenarioCustomers(world);
  const product = await world.cluster.system.newProduct(10 * LETTERS);
  world.cluster.instruct(SERVICE, { defect: { topic: TOPIC } });
  await world.calm(0.5);
  const placed: string[] = [];
  for (let number = 0; number < LETTERS; number += 20) {
    const some = Array.from({ length: 20 }, (_, index) =>
      customers.order(`stuck_${number + index}`, [{ product_id: product.product_id, quantity: 1 }]),
    );
    placed.push(...(await Promise.all(some)).filter((id) => id !== undefined));
  }
  customers.close();
  await eventually(
    async () => {
      const letters = await count(world, 'dead_lettered');
      if (letters < LETTERS) throw new Error(`only ${letters} dead letters`);
    },
    { timeoutMs: 120_000, intervalMs: 500 },
  );
  return placed;
}

async function job(world: World, id: string): Promise<Job> {
  return (await world.cluster.system.inventory.get<Job>(`/failed-messages/jobs/${id}`)).body;
}

/** All at once through the desk, whose process dies when a part of them is through. */
async function retryAll(world: World): Promise<Job> {
  const { cluster } = world;
  const filter = { status: 'dead_lettered', topic: TOPIC };
  const started = await cluster.system.inventory.post<Job>('/failed-messages/retry', { actor: ACTOR, filter });
  if (started.status !== 202) throw new Error(`retry: ${started.status} ${JSON.stringify(started.body)}`);
  const { job_id: id, total } = started.body;
  const through = async (): Promise<number> => count(world, 'resolved');
  await eventually(async () => ((await through()) > total / 5 ? undefined : Promise.reject(new Error('no progress'))), {
    timeoutMs: 60_000,
    intervalMs: 5,
  });
  await cluster.kill(SERVICE);
  const resolved = await through();
  const rest = total - STILL_BAD - resolved;
  if (rest < total / 10) world.findings.push(...finding('I9', `${rest} of ${total} were left: not half-way`, [id]));
  await cluster.start(SERVICE);
  return eventually(
    async () => {
      const now = await job(world, id);
      if (now.status !== 'done') throw new Error(`the job stands at ${JSON.stringify(now)}`);
      return now;
    },
    { timeoutMs: 120_000, intervalMs: 500 },
  );
}

async function check(world: World, done: Job, bad: readonly string[]): Promise<void> {
  const wanted = { resolved: done.total - STILL_BAD, failed_again: STILL_BAD, skipped: 0 };
  const figures = { resolved: done.resolved, failed_again: done.failed_again, skipped: done.skipped };
  const right = done.total >= LETTERS && JSON.stringify(figures) === JSON.stringify(wanted);
  const back = await world.database.query<{ order_id: string }>(
    `SELECT order_id FROM inventory_service.failed_messages WHERE status = 'dead_lettered' AND desk_retries = 1`,
  );
  const same = back.length === bad.length && back.every(({ order_id }) => bad.includes(order_id));
  world.findings.push(
    ...(right ? [] : finding('I9', 'the figures of the job are wrong', [JSON.stringify(done)])),
    ...(same
      ? []
      : finding(
          'I9',
          'other messages came back than those that are bad',
          back.map((row) => row.order_id),
        )),
  );
}

/** The last ones by hand, when the handler is mended. */
async function retryOneByOne(world: World): Promise<void> {
  const { inventory } = world.cluster.system;
  const letters = await world.database.query<{ id: string }>(
    `SELECT id FROM inventory_service.failed_messages WHERE status = 'dead_lettered'`,
  );
  for (const { id } of letters) {
    const { status } = await inventory.post(`/failed-messages/${id}/retry`, { actor: ACTOR });
    if (status !== 202) world.findings.push(...finding('I9', `a dead letter could not be retried: ${status}`, [id]));
  }
}

export const massRetry: Scenario = {
  id: 'S15',
  title: '1,000 dead letters are retried, 10 are still bad, and the retry is killed half-way',
  decisive: ['I8', 'I9'],
  // The handler is another service's. The thousand that come at once may be too many, and are told so.
  api: { acceptedShare: 0.97, p99Ms: 12_000, statuses: [503] },
  rate: 12,
  async run(world) {
    const { cluster } = world;
    await world.calm(3);
    await world.fault('a handler has a defect', async () => {
      const placed = await pileUp(world);
      const bad = placed.slice(0, STILL_BAD);
      cluster.instruct(SERVICE, { defect: { topic: TOPIC, orders: bad } });
      await world.calm(1);
      await check(world, await retryAll(world), bad);
      cluster.instruct(SERVICE, {});
      await world.calm(0.5);
      await retryOneByOne(world);
    });
    await world.calm(3);
  },
};
