import { anOrderId, eventually } from '@app/testing';
import { orderCreated, paymentFailed, paymentSuccessful } from '../test/events';
import { MessagingBed } from '../test/messaging-app';

const TOPIC = 'payment_failed';
let bed: MessagingBed;

beforeEach(async () => {
  bed = await MessagingBed.create();
});
afterEach(() => bed.destroy());

/** Publishes as soon as there is a topic to publish to, and waits for the effects. */
async function expectConsumption(...events: Parameters<typeof bed.kafka.publish>): Promise<void> {
  for (const event of events) await eventually(() => bed.kafka.publish(event), { timeoutMs: 30_000 });
  await eventually(
    async () => {
      for (const { id, orderId } of events) expect([...new Set(await bed.effectsOf(orderId))]).toEqual([id]);
    },
    { timeoutMs: 20_000 },
  );
}

describe('a topic that is deleted while it is read', () => {
  it('is made again, its new records are read from the first, and the other topics go on', async () => {
    await bed.start();
    await expectConsumption(paymentFailed(anOrderId()), paymentFailed(anOrderId()));
    await bed.kafka.admin.deleteTopics({ topics: [TOPIC] });
    await expectConsumption(paymentSuccessful(anOrderId()), paymentFailed(anOrderId()), orderCreated(anOrderId()));
  });

  it('together with all others is made again with them', async () => {
    await bed.start();
    await bed.kafka.admin.deleteTopics({ topics: [TOPIC, 'payment_successful', 'order_created'] });
    await expectConsumption(paymentSuccessful(anOrderId()), paymentFailed(anOrderId()), orderCreated(anOrderId()));
  });
});

describe('a topic that is given more partitions', () => {
  it('is read in all of them, from their first record', async () => {
    await bed.start();
    const existing = await bed.kafka.admin.fetchTopicOffsets(TOPIC);
    const partition = existing.length;
    await bed.kafka.admin.createPartitions({ topicPartitions: [{ topic: TOPIC, count: partition + 1 }] });
    const event = paymentFailed(anOrderId());
    await eventually(() => bed.kafka.sendTo(TOPIC, partition, event), { timeoutMs: 20_000 });
    await eventually(async () => expect(await bed.effectsOf(event.orderId)).toEqual([event.id]), { timeoutMs: 45_000 });
  });
});

describe('a position that is not in the partition', () => {
  it.each(['999999999', '0'])('(%s) is left for the first record there is', async (offset) => {
    await bed.kafka.publish(...Array.from({ length: 6 }, () => paymentFailed(anOrderId())));
    for (const partition of [0, 1, 2]) await bed.kafka.empty(TOPIC, partition);
    const event = paymentFailed(anOrderId());
    await bed.kafka.sendTo(TOPIC, 0, event);
    await bed.kafka.rewind((topic, partition) => (topic === TOPIC && partition === 0 ? offset : 'end'));
    await bed.start();
    await eventually(async () => expect(await bed.effectsOf(event.orderId)).toEqual([event.id]), { timeoutMs: 15_000 });
  });
});
