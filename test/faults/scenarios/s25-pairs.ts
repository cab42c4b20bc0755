import { serviceNames } from '../../../tools/stack/index.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { loseSessionsAtRandom, turnReadOnly } from './s24-postgres-sessions.ts';

/** Something that is wrong for a few seconds and is mended when it resolves. Two that break the same thing are no pair. */
interface Fault {
  readonly what: string;
  readonly breaks: 'kafka' | 'postgres' | 'redis' | 'smtp' | 'gateway' | 'service' | 'network';
  run(world: World): Promise<void>;
}

const FAULTS: readonly Fault[] = [
  {
    what: 'Kafka is killed',
    breaks: 'kafka',
    async run(world) {
      await world.cluster.killInfrastructure('kafka');
      await world.calm(3);
      await world.cluster.start('kafka');
    },
  },
  { what: 'Kafka is frozen', breaks: 'kafka', run: (world) => freeze(world, 'kafka', 8) },
  { what: 'PostgreSQL is frozen', breaks: 'postgres', run: (world) => freeze(world, 'postgres', 6) },
  {
    what: 'PostgreSQL is killed',
    breaks: 'postgres',
    async run(world) {
      await world.cluster.killInfrastructure('postgres');
      await world.calm(1);
      await world.cluster.start('postgres');
    },
  },
  { what: 'PostgreSQL is read-only', breaks: 'postgres', run: (world) => turnReadOnly(world, 6) },
  { what: 'sessions are lost', breaks: 'postgres', run: (world) => loseSessionsAtRandom(world, 6) },
  {
    what: 'Redis is killed',
    breaks: 'redis',
    async run(world) {
      await world.cluster.killInfrastructure('redis');
      await world.calm(5);
      await world.cluster.start('redis');
    },
  },
  { what: 'Redis is frozen', breaks: 'redis', run: (world) => freeze(world, 'redis', 6) },
  {
    what: 'no mail server',
    breaks: 'smtp',
    async run(world) {
      await world.sink.close();
      await world.calm(8);
      await world.sink.open();
    },
  },
  {
    what: 'the gateway fails',
    breaks: 'gateway',
    async run(world) {
      const gateway = world.random.pick(['hangs', 'fails_after', 'fails_before'] as const);
      world.cluster.instruct('payment-service', { gateway });
      await world.calm(6);
      world.cluster.instruct('payment-service', {});
    },
  },
  {
    what: 'a service is killed',
    breaks: 'service',
    async run(world) {
      const name = world.random.pick(serviceNames);
      await world.cluster.kill(name);
      await world.calm(1);
      await world.cluster.start(name);
    },
  },
  {
    what: 'a service is frozen',
    breaks: 'service',
    async run(world) {
      const name = world.random.pick(serviceNames.filter((service) => service !== 'order-service'));
      await freeze(world, name, 12);
    },
  },
  {
    what: 'the network cuts answers',
    breaks: 'network',
    async run(world) {
      const proxies = Object.values(world.network.proxies);
      for (let times = 0; times < 12; times += 1) {
        world.random.pick(proxies).cutAfterAnswerBytes(world.random.between(0, 500));
        await world.calm(0.4);
      }
      world.network.heal();
    },
  },
  {
    what: 'the network is slow',
    breaks: 'network',
    async run(world) {
      const { kafka, smtp, redis } = world.network.proxies;
      for (const proxy of [kafka, smtp, redis]) proxy.delay(100);
      await world.calm(6);
      world.network.heal();
    },
  },
];

async function freeze(world: World, name: string, seconds: number): Promise<void> {
  world.cluster.supervisor.pause(name);
  await world.calm(seconds);
  world.cluster.supervisor.continue(name);
}

function pairOf(world: World): readonly [Fault, Fault] {
  const first = world.random.pick(FAULTS);
  return [first, world.random.pick(FAULTS.filter(({ breaks }) => breaks !== first.breaks))];
}

const MINUTES = 10;

export const pairs: Scenario = {
  id: 'S25',
  title: 'two faults at once, chosen by the seed, for ten minutes',
  decisive: ['I1', 'I2', 'I3', 'I5', 'I13'],
  proxied: true,
  api: { acceptedShare: 0.3, p99Ms: 15_000, statuses: [503, 0] },
  rate: 10,
  restSeconds: 90,
  env: {
    PAYMENT_GATEWAY_TIMEOUT_MS: '2000',
    PAYMENT_GATEWAY_MAX_BACKOFF_MS: '3000',
    DELIVERY_TIMEOUT_MS: '6000',
    // A mail whose answer was lost twice, the second time in the last fault, is tried again before the rest is over.
    DELIVERY_UNKNOWN_RETRY_BASE_MS: '15000',
  },
  async run(world) {
    world.maxReplicas = 2;
    await world.calm(4);
    const end = world.load.now + (world.minutes > 0 ? world.minutes : MINUTES) * 60_000;
    while (world.load.now < end) {
      const [first, second] = pairOf(world);
      world.cluster.relayInterruptions += 16;
      world.mailInterruptions += 2;
      await world.fault(`${first.what}, ${second.what}`, async () => {
        await Promise.all([first.run(world), second.run(world)]);
      });
      await world.calm(5);
    }
  },
};
