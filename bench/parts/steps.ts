import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceName } from '../../tools/stack/index.ts';
import { KafkaProbe } from '../../test/system/kafka.ts';
import type { BenchSystem } from '../bench-system.ts';
import { PRICE } from '../load.ts';
import type { StepsResult } from '../result.ts';
import { percentiles } from '../statistics.ts';
import { EVENTS_ON_THE_WAY, stepsOf, type EventOnTheWay, type EventTimes, type OrderTimes } from '../steps.ts';
import { shortDuration, type PartContext } from './context.ts';
import { UNLOADED_RATE } from './load.ts';

interface Followed {
  readonly orderId: string;
  readonly placed: number;
  readonly confirmed: number;
}

const WAIT_SECONDS = 25;

/** Follows each of a few orders a second through tables and topics, after they are through. */
export async function measureSteps({ bench, seconds, say }: PartContext): Promise<StepsResult> {
  const followed = await followOrders(bench, UNLOADED_RATE * shortDuration(seconds) * 2);
  const events = await eventsOf(bench);
  const orders = followed.map(({ orderId, placed, confirmed }): OrderTimes => {
    const times = (type: EventOnTheWay): EventTimes => {
      const found = events.get(type)?.get(orderId);
      if (found === undefined) throw new Error(`order ${orderId} is confirmed, but nobody has handled its ${type}`);
      return found;
    };
    return {
      placed,
      events: {
        order_created: times('order_created'),
        payment_successful: times('payment_successful'),
        inventory_updated: times('inventory_updated'),
      },
      confirmed,
    };
  });
  const confirmedMs = percentiles(orders.map(({ placed, confirmed }) => confirmed - placed));
  const steps = stepsOf(orders);
  say(`steps: ${steps.map(({ ms }) => ms.p50).join(' + ')} ms, together ${confirmedMs.p50} ms`);
  return { orders: orders.length, confirmedMs, steps };
}

async function followOrders({ system, products }: BenchSystem, count: number): Promise<Followed[]> {
  const running: Promise<Followed>[] = [];
  const follow = async (productId: string): Promise<Followed> => {
    const placed = Date.now();
    const item = { product_id: productId, product_name: 'Benchmark product', quantity: 1, price: PRICE };
    const { order_id: orderId } = await system.place({ items: [item] });
    const { status } = await system.settled(orderId, WAIT_SECONDS);
    if (status !== 'confirmed') throw new Error(`order ${orderId} is ${status}`);
    return { orderId, placed, confirmed: Date.now() };
  };
  for (let index = 0; index < count; index += 1) {
    running.push(follow(products[index % products.length] ?? ''));
    await delay(1_000 / UNLOADED_RATE);
  }
  return Promise.all(running);
}

/** By type and order. */
async function eventsOf({ system }: BenchSystem): Promise<Map<EventOnTheWay, Map<string, EventTimes>>> {
  const kafka = new KafkaProbe(system.stack.kafka);
  const byType = new Map<EventOnTheWay, Map<string, EventTimes>>();
  for (const type of EVENTS_ON_THE_WAY) {
    const receivedAt = await receiptsOf(system, CONSUMERS[type]);
    const byOrder = new Map<string, EventTimes>();
    for (const { key, headers, timestamp } of await kafka.read(type)) {
      const received = receivedAt.get(String(headers['ce_id']));
      const occurred = Date.parse(String(headers['ce_time']));
      if (received !== undefined) byOrder.set(String(key), { occurred, sent: Number(timestamp), received });
    }
    byType.set(type, byOrder);
  }
  return byType;
}

/** Who brings the order on when the event arrives. */
const CONSUMERS = {
  order_created: 'payment-service',
  payment_successful: 'inventory-service',
  inventory_updated: 'order-service',
} as const satisfies Record<EventOnTheWay, ServiceName>;

/** When transactions that handled an event began, by the event's id. Cut to milliseconds, as all other times are. */
async function receiptsOf(system: BenchSystem['system'], service: ServiceName): Promise<Map<string, number>> {
  const rows = await system.sql<{ event_id: string; ms: string }>(
    `SELECT event_id, floor(extract(epoch FROM received_at) * 1000)::text AS ms
     FROM ${service.replace('-', '_')}.inbox WHERE consumer_group = $1`,
    [service],
  );
  return new Map(rows.map(({ event_id: id, ms }) => [id, Number(ms)]));
}
