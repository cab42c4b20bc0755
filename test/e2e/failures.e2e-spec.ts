import { eventually } from '@app/testing';
import type { TopicRecord } from '../system/kafka';
import { KafkaProbe } from '../system/kafka';
import { System } from '../system/system';
import { violations } from '../system/invariants';

const SERVICES = ['order-service', 'payment-service', 'inventory-service', 'notification-service'] as const;

let system: System;
let kafka: KafkaProbe;

beforeAll(async () => {
  system = await System.start({ restart: true });
  kafka = new KafkaProbe(system.stack.kafka);
});

afterAll(() => system.stop());

async function confirmedAmong(orderIds: readonly string[]): Promise<number> {
  const [row] = await system.sql<{ confirmed: string }>(
    `SELECT count(*) AS confirmed FROM orders WHERE order_id = ANY ($1::uuid[]) AND status = 'confirmed'`,
    [orderIds],
  );
  return Number(row?.confirmed);
}

async function allConfirmedAndSound(orderIds: readonly string[]): Promise<void> {
  await eventually(async () => expect(await confirmedAmong(orderIds)).toBe(orderIds.length), {
    timeoutMs: 60_000,
    intervalMs: 250,
  });
  await eventually(async () => expect(await violations(system)).toEqual([]), { timeoutMs: 30_000, intervalMs: 500 });
}

async function ordersOnTheirWay(): Promise<number> {
  const [row] = await system.sql<{ open: string }>(
    `SELECT count(*) AS open FROM orders WHERE status IN ('pending', 'paid')`,
  );
  return Number(row?.open);
}

/** The service has a consumer that has its partitions; after a kill that takes until the group has noticed. */
async function consumes(service: string): Promise<void> {
  const response = await fetch(`${system.stack.services[service] ?? ''}/health`);
  expect(await response.json()).toMatchObject({ dependencies: { kafka: { status: 'up' } } });
}

/**
 * Places orders one after the other in several lanes, until told to stop; gives the ids of those that were accepted. The
 * disturbance calls `calmDown` once it has met the system at work: from then on one lane is enough.
 */
async function placeWhile(disturb: (calmDown: () => void) => Promise<void>): Promise<string[]> {
  const product = await system.newProduct(100_000);
  const accepted: string[] = [];
  let disturbing = true;
  let lanesNeeded = 4;
  const lane = async (_: unknown, index: number): Promise<void> => {
    while ((disturbing && index < lanesNeeded) || accepted.length < 100) {
      const answer = await system.tryPlace({ items: [product] }).catch(() => undefined);
      if (answer?.status === 201) accepted.push(answer.body.order_id);
    }
  };
  const lanes = Promise.all(Array.from({ length: lanesNeeded }, lane));
  await disturb(() => (lanesNeeded = 1)).finally(() => (disturbing = false));
  await lanes;
  return accepted;
}

describe('when each service is killed in the middle of its work, one soon after the other', () => {
  it('nothing that was accepted is lost, and nothing happens twice', async () => {
    const orderIds = await placeWhile(async (calmDown) => {
      for (const service of SERVICES) {
        await eventually(async () => expect(await ordersOnTheirWay()).toBeGreaterThan(10), { timeoutMs: 20_000 });
        await system.stack.supervisor.kill(service, 'SIGKILL');
      }
      calmDown();
      for (const service of SERVICES) await eventually(() => consumes(service), { timeoutMs: 40_000 });
    });
    await allConfirmedAndSound(orderIds);
  });
});

describe('when Kafka is stopped', () => {
  it('orders are accepted all the same, and confirmed when it is back', async () => {
    const product = await system.newProduct(1_000);
    await system.stack.supervisor.stop('kafka');
    const orders = await Promise.all(Array.from({ length: 50 }, () => system.place({ items: [product] })));
    await system.stack.supervisor.start('kafka');
    await allConfirmedAndSound(orders.map(({ order_id }) => order_id));
  });
});

describe('when the record of an order is delivered three times', () => {
  it('the order is paid once, served once and told once', async () => {
    const { order_id } = await system.place();
    await system.settled(order_id);
    const original = await eventually(async () => {
      const found = (await kafka.read('order_created')).find((record) => record.key?.toString() === order_id);
      if (found === undefined) throw new Error('not published yet');
      return found;
    });
    const copy = { key: original.key, value: original.value, headers: original.headers };
    await kafka.publish('order_created', [copy, copy, copy]);
    // A later order of the same partition is through: the copies before it have been handled.
    await kafka.publish('order_created', [{ ...copy, value: null }]);
    for (const reader of ['payment_service', 'notification_service']) {
      await eventually(async () => expect(await deadLettersOf(reader, order_id)).toHaveLength(1));
    }
    const payments = await system.sql(`SELECT 1 FROM payments WHERE order_id = $1`, [order_id]);
    const movements = await system.sql(`SELECT 1 FROM stock_movements WHERE order_id = $1`, [order_id]);
    expect([payments.length, movements.length]).toEqual([1, 1]);
    await clearDeadLetters();
    await eventually(async () => expect(await violations(system)).toEqual([]));
  });
});

describe('a record that nobody can use', () => {
  const poison: Record<string, (record: TopicRecord) => Partial<TopicRecord>> = {
    'is not JSON': () => ({ value: Buffer.from('{"user_id": ') }),
    'breaks its contract': () => ({ value: Buffer.from('{"user_id": 7}') }),
    'has no value': () => ({ value: null }),
    'has no headers': () => ({ headers: {} }),
    'is of another type': ({ headers }) => ({ headers: { ...headers, ce_type: 'order_teleported' } }),
    'comes from the future': ({ headers }) => ({ headers: { ...headers, ce_dataschema: 'order_created/9' } }),
  };

  it.each(Object.keys(poison))('because it %s becomes a dead letter, and its neighbours proceed', async (kind) => {
    const before = await system.place();
    const records = await eventually(async () => {
      const all = await kafka.read('order_created');
      expect(all.some((record) => record.key?.toString() === before.order_id)).toBe(true);
      return all;
    });
    const sample = records.find((record) => record.key?.toString() === before.order_id);
    if (sample === undefined || poison[kind] === undefined) throw new Error('no sample');
    const bad = { ...sample, ...poison[kind](sample) };
    await kafka.publish('order_created', [{ key: bad.key, value: bad.value, headers: bad.headers }]);
    const after = await system.place();
    expect([(await system.settled(before.order_id)).status, (await system.settled(after.order_id)).status]).toEqual([
      'confirmed',
      'confirmed',
    ]);
    await eventually(async () => {
      const letters = (await kafka.read('payment_service_dlq')).filter(
        (letter) => letter.headers['kafka_dlt-original-topic']?.toString() === 'order_created',
      );
      expect(letters.some((letter) => same(letter.value, bad.value) && same(letter.key, bad.key))).toBe(true);
    });
    await clearDeadLetters();
  });
});

function same(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : a.equals(b);
}

async function deadLettersOf(schema: string, orderId: string): Promise<object[]> {
  return system.sql(
    `SELECT id FROM ${schema}.failed_messages WHERE status = 'dead_lettered' AND key = convert_to($1, 'UTF8')`,
    [orderId],
  );
}

async function clearDeadLetters(): Promise<void> {
  for (const service of SERVICES) await system.sql(`DELETE FROM ${service.replaceAll('-', '_')}.failed_messages`);
}
