import { anOrderId, eventually, infrastructureUrls, TcpProxy } from '@app/testing';
import { paymentFailed, paymentSuccessful } from '../../test/events';
import { MessagingBed, type Replica } from '../../test/messaging-app';
import { ConsumerHealth } from './consumer-health';

/** How soon a consumer goes on when it can reach Kafka again. */
const GOES_ON_WITHIN_MS = 5_000;

/** Kafka's numbers for what a member asks. */
const [JOIN_GROUP, SYNC_GROUP] = [11, 14];
let bed: MessagingBed;
let proxy: TcpProxy;

beforeEach(async () => {
  const { port, proxyPort } = infrastructureUrls().kafkaBehindProxy;
  proxy = await TcpProxy.open({ port }, proxyPort);
  bed = await MessagingBed.create();
});
afterEach(async () => {
  proxy.heal();
  await bed.destroy();
  await proxy.close();
});

const start = (): Promise<Replica> =>
  bed.start({ brokers: [`127.0.0.1:${infrastructureUrls().kafkaBehindProxy.proxyPort}`] });

/** Publishes events of several topics and waits until each has had its one effect, and all offsets are committed. */
async function expectConsumption(): Promise<void> {
  const order = anOrderId();
  const events = [paymentSuccessful(order), paymentFailed(order)];
  await bed.kafka.publish(...events);
  await expectEffects(order, events);
}

async function expectEffects(order: string, events: readonly { id: string }[]): Promise<void> {
  await eventually(
    async () => {
      expect((await bed.effectsOf(order)).toSorted()).toEqual(events.map(({ id }) => id).toSorted());
      expect(await bed.kafka.lag()).toBe(0);
    },
    { timeoutMs: GOES_ON_WITHIN_MS },
  );
}

async function kafkaHealth({ app }: Replica): Promise<{ status: string; details: object }> {
  const { body } = await app.inject({ method: 'GET', url: '/health' });
  return (JSON.parse(body) as { dependencies: { kafka: { status: string; details: object } } }).dependencies.kafka;
}

describe('a consumer whose connections are cut', () => {
  it('while it waits for records goes on at once', async () => {
    await start();
    for (let time = 1; time <= 5; time += 1) {
      proxy.cut();
      await expectConsumption();
    }
  });

  it('in the middle of an answer goes on at once', async () => {
    await start();
    for (const bytes of [0, 1, 4, 7, 30, 100, 300]) {
      proxy.cutAfterAnswerBytes(bytes);
      await expectConsumption();
    }
  });

  it('while a batch is in hand, so that heartbeats fail, has every effect once', async () => {
    const replica = await start();
    const order = anOrderId();
    const events = [paymentSuccessful(order)];
    const [entered, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    replica.script.behave = async () => {
      entered.resolve();
      await opened.promise;
    };
    await bed.kafka.publish(...events);
    await entered.promise;
    const { accepted } = proxy;
    proxy.cut();
    // A heartbeat has made a connection of its own again.
    await eventually(() => expect(proxy.accepted).toBeGreaterThan(accepted));
    opened.resolve();
    await expectEffects(order, events);
  });

  it('when it commits commits again', async () => {
    const replica = await start();
    for (let time = 1; time <= 3; time += 1) {
      replica.script.behave = (_events, unitOfWork) => unitOfWork.afterCommit(() => proxy.cutAfterAnswerBytes(0));
      const order = anOrderId();
      const events = [paymentSuccessful(order)];
      await bed.kafka.publish(...events);
      await expectEffects(order, events);
    }
  });

  it('while it joins its group joins it all the same', async () => {
    for (const bytes of [0, 50, 500, 900, 1_300, 1_700]) {
      proxy.cutAfterAnswerBytes(bytes);
      const replica = await start();
      await expectConsumption();
      await replica.stop();
    }
  });

  it('and refused for some seconds goes on when they are accepted again', async () => {
    const replica = await start();
    proxy.refuse();
    proxy.cut();
    await eventually(async () => expect((await kafkaHealth(replica)).status).toBe('down'), { timeoutMs: 6_000 });
    proxy.heal();
    await expectConsumption();
  });
});

describe('a consumer whose connection falls silent', () => {
  it.each([
    // The first request to join is answered with an id, the second when everybody is there.
    ['while it joins its group', JOIN_GROUP, 2, 20_000],
    ['while it is given its partitions', SYNC_GROUP, 1, 13_000],
  ])('%s consumes in seconds', async (_, request, nth, withinMs) => {
    let asked = 0;
    proxy.lose('answers', (bytes) => bytes.readInt16BE(4) === request && ++asked === nth, 'silence');
    const { proxyPort } = infrastructureUrls().kafkaBehindProxy;
    const { app } = await bed.launch({ brokers: [`127.0.0.1:${proxyPort}`] });
    await eventually(() => expect(asked).toBe(nth));
    await eventually(() => expect(app.get(ConsumerHealth).state).toBe('consuming'), { timeoutMs: withinMs });
    await expectConsumption();
  });
});

describe.each(['answers', 'requests'] as const)('a consumer whose %s are held back', (direction) => {
  it('is down on the health page within five seconds and a bit, and goes on when they come through again', async () => {
    const replica = await start();
    await eventually(async () => expect((await kafkaHealth(replica)).status).toBe('up'));
    proxy.freeze(direction);
    const begun = performance.now();
    const { details } = await eventually(
      async () => {
        const health = await kafkaHealth(replica);
        expect(health.status).toBe('down');
        return health;
      },
      { timeoutMs: 8_000 },
    );
    expect(performance.now() - begun).toBeLessThan(6_000);
    expect(details).toMatchObject({
      consumer: 'silent',
      reason: expect.stringMatching(/^no answer from Kafka for \d s$/),
    });
    // Longer than the group waits for a member that says nothing.
    await eventually(() => expect(performance.now() - begun).toBeGreaterThan(12_000), { timeoutMs: 15_000 });
    proxy.heal();
    await expectConsumption();
    expect(replica.app.get(ConsumerHealth).state).toBe('consuming');
  });
});
