import { anOrderId, eventually, infrastructureUrls, TcpProxy, type Direction } from '@app/testing';
import { paymentSuccessful } from '../../test/events';
import { MessagingBed, type Replica } from '../../test/messaging-app';
import { ConsumerHealth } from './consumer-health';

/* What a fault of a connection to Kafka costs a consumer: time, and nothing else. */
let bed: MessagingBed;
let proxy: TcpProxy;
let replica: Replica;

beforeEach(async () => {
  const { port, proxyPort } = infrastructureUrls().kafkaBehindProxy;
  proxy = await TcpProxy.open({ port }, proxyPort);
  bed = await MessagingBed.create();
  replica = await bed.start({ brokers: [`127.0.0.1:${proxyPort}`] });
});
afterEach(async () => {
  proxy.heal();
  await bed.destroy();
  await proxy.close();
});

async function expectEffects(orders: readonly string[], timeoutMs: number): Promise<void> {
  await eventually(
    async () => {
      for (const order of orders) expect(await bed.effectsOf(order)).toHaveLength(1);
    },
    { timeoutMs },
  );
}

describe('a consumer whose connection to Kafka', () => {
  it('is cut at any byte of an answer goes on within seconds', async () => {
    for (const bytes of [0, 1, 4, 8, 11, 60, 200, 1_000]) {
      proxy.cutAfterAnswerBytes(bytes);
      const orders = [anOrderId(), anOrderId(), anOrderId()];
      await bed.kafka.publish(...orders.map((order) => paymentSuccessful(order)));
      await expectEffects(orders, 5_000);
    }
    expect(replica.app.get(ConsumerHealth).state).toBe('consuming');
  });

  it.each<Direction>(['answers', 'requests'])('no longer passes %s opens others within five seconds', async (way) => {
    const before = proxy.accepted;
    proxy.freeze(way);
    const orders = [anOrderId(), anOrderId()];
    await bed.kafka.publish(...orders.map((order) => paymentSuccessful(order)));
    await eventually(() => expect(proxy.accepted).toBeGreaterThan(before), { timeoutMs: 5_000 });
    proxy.heal();
    await expectEffects(orders, 10_000);
  });
});
