import { eventually } from '../../../libs/testing/src/eventually.ts';
import { KafkaProbe, type TopicRecord } from '../../system/kafka.ts';
import { finding, type Finding } from '../checks/invariant.ts';
import { SUBSCRIPTIONS } from '../kafka-admin.ts';
import { POISONS, type Model } from '../poison.ts';
import type { Scenario } from '../scenario.ts';
import { ScenarioCustomers } from '../scenario-customers.ts';
import type { World } from '../world.ts';

const TOPICS = [...new Set(Object.values(SUBSCRIPTIONS).flat())];
/**
 * A dead letter is in its topic within a second; on a machine that is too busy for anybody, within twice what sound records
 * take meanwhile. Eight megabytes at a time, in four services, take longer, and so does what stands behind them.
 */
const WITHIN_MS = 1_000;
const AT_LATEST_MS = 10_000;
const HUGE_SHARE = 0.1;
const NEIGHBOURS = 40;
const ROUNDS = 2;

interface Letter {
  readonly group: string;
  readonly topic: string;
  readonly reason: string;
  readonly ms: number;
  readonly bytes: string;
}

/** One sound record of each topic, from the load. */
async function models(probe: KafkaProbe): Promise<Model[]> {
  return Promise.all(
    TOPICS.map((topic) =>
      eventually(
        async () => {
          const sound = (await probe.read(topic)).find(({ headers }) => headers['x-planted'] === undefined);
          if (sound === undefined || sound.value === null) throw new Error(`nothing is in ${topic} yet`);
          return { topic, headers: sound.headers, value: sound.value };
        },
        { timeoutMs: 60_000, intervalMs: 1_000 },
      ),
    ),
  );
}

/** Nothing in the load adjusts a payment. */
async function refundAPart(world: World): Promise<void> {
  const { system } = world.cluster;
  const { order_id } = await system.place({ items: [await system.newProduct(1)] });
  await system.settled(order_id);
  await eventually(
    async () => {
      const { status } = await system.payments.post('/simulator/refunds', { order_id, amount: 1 });
      if (status !== 202) throw new Error(`POST /simulator/refunds: ${status}`);
    },
    { timeoutMs: 20_000, intervalMs: 500 },
  );
}

/** Every kind into every topic, with the given orders as keys, one kind after the other. */
async function poison(world: World, probe: KafkaProbe, sound: readonly Model[], orders: () => string): Promise<void> {
  for (const { spoil } of POISONS) {
    await Promise.all(sound.map((model) => probe.publish(model.topic, [spoil(model, orders())])));
    await world.calm(0.4);
  }
}

/** Customers whose orders stand in the partitions between the bad records, some of which carry their very key. */
async function poisonWithNeighbours(world: World, probe: KafkaProbe, sound: readonly Model[]): Promise<void> {
  const customers = new ScenarioCustomers(world);
  const placed: string[] = [];
  const ordering = (async () => {
    for (let number = 0; number < NEIGHBOURS; number += 1) {
      const orderId = await customers.order(`neighbour_${number}`, [
        { product_id: world.products[0] ?? '', quantity: 1 },
      ]);
      if (orderId !== undefined) placed.push(orderId);
      await world.calm(0.1);
    }
  })();
  await eventually(() => placed[0] ?? Promise.reject(new Error('no neighbour yet')));
  await poison(world, probe, sound, () => world.random.pick(placed));
  await ordering;
  customers.close();
  const unserved = async (): Promise<void> => {
    const rows = await world.database.query<{ id: string }>(
      `SELECT order_id AS id FROM orders WHERE order_id = ANY ($1::uuid[]) AND status <> 'confirmed'`,
      [placed],
    );
    if (rows.length > 0) throw new Error(rows.map(({ id }) => id).join(' '));
  };
  await eventually(unserved, { timeoutMs: 30_000, intervalMs: 500 }).catch((error: unknown) => {
    world.findings.push(...finding('I9', 'neighbours of bad records were not served', [String(error)]));
  });
}

async function letters(probe: KafkaProbe): Promise<Letter[]> {
  const groups = Object.keys(SUBSCRIPTIONS);
  const read = await Promise.all(
    groups.map(async (group) =>
      (await probe.read(`${group.replaceAll('-', '_')}_dlq`)).map((record) => letter(group, record)),
    ),
  );
  return read.flat();
}

function letter(group: string, { headers, timestamp, value }: TopicRecord): Letter {
  const text = (name: string): string => headers[name]?.toString() ?? '';
  const ms = Number(timestamp) - Number(text('kafka_dlt-original-timestamp'));
  const bytes = value === null ? 'null' : value.subarray(0, 40).toString('latin1');
  return { group, topic: text('kafka_dlt-original-topic'), reason: text('x-reason'), ms, bytes };
}

/** Milliseconds from an order to its payment: one consumer, one relay, as for a dead letter. Of a hundred all but one. */
async function usualMs(probe: KafkaProbe): Promise<number> {
  const [causes, effects] = await Promise.all([probe.read('order_created'), probe.read('payment_successful')]);
  const placed = new Map(
    causes.map(({ headers, timestamp }) => [headers['ce_id']?.toString() ?? '', Number(timestamp)]),
  );
  const taken = effects.flatMap(({ headers, timestamp }) => {
    const begin = headers['x-planted'] === undefined && placed.get(headers['ce_causationid']?.toString() ?? '');
    return typeof begin === 'number' ? [Number(timestamp) - begin] : [];
  });
  return taken.sort((a, b) => a - b)[Math.floor(taken.length * 0.99)] ?? 0;
}

/** Each with its reason, in time. */
function judge(found: readonly Letter[], usual: number): Finding[] {
  const pairs = Object.entries(SUBSCRIPTIONS).flatMap(([group, topics]) => topics.map((topic) => ({ group, topic })));
  const wrong = pairs.flatMap(({ group, topic }) => {
    const of = found.filter((each) => each.group === group && each.topic === topic);
    return countsBy(POISONS).flatMap(([reason, kinds]) => {
      const count = of.filter((each) => each.reason === reason).length;
      return count === ROUNDS * kinds ? [] : [`${group}, ${topic}: ${count} of ${ROUNDS * kinds} ${reason}`];
    });
  });
  const limit = Math.round(Math.max(WITHIN_MS, 2 * usual));
  const late = found.filter(({ ms }) => ms > limit).sort((a, b) => b.ms - a.ms);
  const lines = late.map(({ group, topic, reason, ms, bytes }) => `${group} ${topic} ${reason} ${ms} ms ${bytes}`);
  return [
    ...finding('I9', 'bad records without their dead letter, or with another reason', wrong),
    ...(late.length > found.length * HUGE_SHARE || (late[0]?.ms ?? 0) > AT_LATEST_MS
      ? finding('I9', `dead letters later than ${limit} ms, of ${found.length}`, lines)
      : []),
  ];
}

function countsBy(poisons: typeof POISONS): [string, number][] {
  return [...Map.groupBy(poisons, ({ reason }) => reason)].map(([reason, of]) => [reason, of.length]);
}

export const poisonPills: Scenario = {
  id: 'S11',
  title: 'bad records of every kind in every topic, alone and among neighbours',
  decisive: ['I9'],
  // Nobody notices.
  api: { acceptedShare: 1, p99Ms: 5_000, statuses: [] },
  rate: 6,
  // Every topic needs a sound record to be spoilt.
  mix: { oddPayment: 0.25, cancelled: 0.2, followed: 0.05 },
  async run(world) {
    const probe = new KafkaProbe(world.cluster.system.stack.kafka);
    await world.calm(4);
    // Nothing else makes the inventory say no.
    await world.cluster.system.place({
      items: [{ product_id: 'NO-SUCH-THING', product_name: 'Nothing', quantity: 1, price: 1 }],
    });
    await refundAPart(world);
    const sound = await models(probe);
    const perRound = POISONS.length * Object.values(SUBSCRIPTIONS).flat().length;
    world.expectedDeadLetters = ROUNDS * perRound;
    await world.fault('bad records', () => poison(world, probe, sound, () => crypto.randomUUID()));
    await world.calm(2);
    await world.fault('bad records with neighbours', () => poisonWithNeighbours(world, probe, sound));
    await world.calm(2);
    await world.load.stop();
    await world.atRest();
    world.findings.push(...judge(await letters(probe), await usualMs(probe)));
  },
};
