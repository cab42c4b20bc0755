import { anOrderId, eventually } from '@app/testing';
import { orderCreated, paymentFailed, paymentSuccessful } from '../../test/events';
import { MessagingBed } from '../../test/messaging-app';

const TOPIC = 'payment_failed';
let bed: MessagingBed;

beforeEach(async () => {
  bed = await MessagingBed.create();
});
afterEach(() => bed.destroy());

async function expectConsumption(...events: Parameters<typeof bed.kafka.publish>): Promise<void> {
  // Right after it was made again, a topic may not have found its leaders.
  for (const event of events) await eventually(() => bed.kafka.publish(event));
  await eventually(
    async () => {
      for (const { id, orderId } of events) expect([...new Set(await bed.effectsOf(orderId))]).toEqual([id]);
    },
    { timeoutMs: 20_000 },
  );
}

const oneOfEach = () => [paymentSuccessful(anOrderId()), paymentFailed(anOrderId()), orderCreated(anOrderId())];

/** Deletes topics that have records, and waits until they are there again, without any. */
async function expectToBeMadeAgain(...topics: string[]): Promise<void> {
  await bed.kafka.admin.deleteTopics({ topics });
  for (const topic of topics) {
    await eventually(
      async () => {
        const offsets = await bed.kafka.admin.fetchTopicOffsets(topic);
        expect(offsets.map(({ high }) => high)).toEqual(offsets.map(() => '0'));
      },
      { timeoutMs: 30_000 },
    );
  }
}

describe('a topic that is deleted while it is read', () => {
  it('is made again, its new records are read from the first, and the other topics go on', async () => {
    await bed.start();
    await expectConsumption(...oneOfEach(), ...oneOfEach());
    await expectToBeMadeAgain(TOPIC);
    await expectConsumption(...oneOfEach());
  });

  it('together with all others is made again with them', async () => {
    await bed.start();
    await expectConsumption(...oneOfEach());
    await expectToBeMadeAgain(TOPIC, 'payment_successful', 'order_created');
    await expectConsumption(...oneOfEach());
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
