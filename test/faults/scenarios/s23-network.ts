import { finding, type Finding } from '../checks/invariant.ts';
import { NETWORKED, type Networked } from '../network.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world.ts';

/** Slow, and not yet broken: milliseconds in each direction. */
const SLOW_MS: Readonly<Record<Networked, number>> = { kafka: 150, postgres: 15, redis: 150, smtp: 300 };
const FROZEN_SECONDS = 6;
/** A connection that was frozen, the time-out that notices, and its work done again. */
const LATEST_ORDER_SECONDS = 25;

/** Each is undone by healing the network. */
const FAULTS: readonly (readonly [what: string, run: (world: World, at: Networked) => Promise<void>])[] = [
  [
    'slow',
    async (world, at) => {
      world.network.proxies[at].delay(SLOW_MS[at]);
      await world.calm(5);
    },
  ],
  ['answers lost after the request arrived', (world, at) => cutAnswers(world, at, () => 0)],
  ['answers cut in the middle', (world, at) => cutAnswers(world, at, () => world.random.between(1, 600))],
  [
    'connections reset',
    async (world, at) => {
      for (let times = 0; times < 5; times += 1) {
        world.network.proxies[at].cut();
        await world.calm(0.4);
      }
    },
  ],
  ['answers frozen', (world, at) => freeze(world, at, 'answers')],
  ['requests frozen', (world, at) => freeze(world, at, 'requests')],
];

async function cutAnswers(world: World, at: Networked, bytes: () => number): Promise<void> {
  for (let times = 0; times < 8; times += 1) {
    world.network.proxies[at].cutAfterAnswerBytes(bytes());
    await world.calm(0.4);
  }
}

async function freeze(world: World, at: Networked, direction: 'requests' | 'answers'): Promise<void> {
  world.network.proxies[at].freeze(direction);
  await world.calm(FROZEN_SECONDS);
}

/** Each of these may cost a batch that is sent again, and mails in hand whose record is lost. */
function expectInterruptions(world: World, at: Networked): void {
  world.cluster.relayInterruptions += at === 'kafka' || at === 'postgres' ? 8 : 0;
  world.mailInterruptions += at === 'smtp' || at === 'postgres' ? 1 : 0;
}

/** From placing to the decision, of every order: a fault of seconds may not cost a minute. */
export async function slowOrders(world: World, limitSeconds: number): Promise<Finding[]> {
  const rows = await world.database.query<{ id: string }>(
    `SELECT o.order_id || ' ' || round(extract(epoch FROM e.at - o.created_at)) || ' s' AS id
     FROM orders o JOIN (SELECT order_id, min(occurred_at) FILTER (WHERE to_status IN ('confirmed', 'cancelled')) AS at
       FROM order_events GROUP BY 1) e USING (order_id)
     WHERE e.at - o.created_at > make_interval(secs => $1) ORDER BY e.at - o.created_at DESC`,
    [limitSeconds],
  );
  return finding(
    'I1',
    `orders that were decided later than after ${limitSeconds} s`,
    rows.map(({ id }) => id),
  );
}

export const network: Scenario = {
  id: 'S23',
  title: 'a slow and half-open network before PostgreSQL, Kafka, Redis and the mail server',
  decisive: ['I1', 'I13', 'I14'],
  proxied: true,
  // A frozen PostgreSQL refuses everybody for as long; nothing else is felt by who orders.
  api: { acceptedShare: 0.5, p99Ms: 8_000, statuses: [503] },
  rate: 12,
  // A mail whose answer was lost in the last faults is tried again before the rest is over; the default is two minutes.
  env: { DELIVERY_UNKNOWN_RETRY_BASE_MS: '15000' },
  async run(world) {
    // PostgreSQL does not hear of the end of a session whose connection is frozen.
    world.maxReplicas = 3;
    await world.calm(3);
    for (const at of NETWORKED) {
      for (const [what, run] of FAULTS) {
        expectInterruptions(world, at);
        await world.fault(`${at}: ${what}`, async () => {
          await run(world, at);
          world.network.heal();
        });
        await world.calm(2);
      }
    }
    await world.calm(3);
  },
  afterRest: (world) => slowOrders(world, LATEST_ORDER_SECONDS),
};
