import { anOrderId, asKafkaMessage, eventually, infrastructureUrls } from '@app/testing';
import { Kafka, logLevel, Partitioners, type Producer, type Transaction } from 'kafkajs';
import { paymentSuccessful } from '../../test/events';
import { MessagingBed } from '../../test/messaging-app';

/* Kafka ends a transaction with a record of its own, which no consumer is given. */
let bed: MessagingBed;
let stranger: Producer;

beforeEach(async () => {
  bed = await MessagingBed.create();
  const kafka = new Kafka({ clientId: 'stranger', brokers: [infrastructureUrls().kafka], logLevel: logLevel.NOTHING });
  stranger = kafka.producer({
    transactionalId: `${bed.service}-stranger`,
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await stranger.connect();
});
afterEach(async () => {
  await stranger.disconnect();
  await bed.destroy();
});

const send = (transaction: Transaction, order: string) =>
  transaction.send({
    topic: 'payment_successful',
    messages: [{ ...asKafkaMessage(paymentSuccessful(order)), partition: 0 }],
  });
const expectNoLag = () => eventually(async () => expect(await bed.kafka.lag()).toBe(0), { timeoutMs: 5_000 });

describe('a transaction that somebody else ends at the end of a partition', () => {
  it('has its effects when it is committed, and is no lag', async () => {
    await bed.start();
    const order = anOrderId();
    const transaction = await stranger.transaction();
    await send(transaction, order);
    await transaction.commit();
    await eventually(async () => expect(await bed.effectsOf(order)).toHaveLength(1));
    await expectNoLag();
  });

  it('has none when it is aborted, and is no lag either', async () => {
    await bed.start();
    const [aborted, after] = [anOrderId(), anOrderId()];
    const transaction = await stranger.transaction();
    await send(transaction, aborted);
    await transaction.abort();
    await expectNoLag();
    await bed.kafka.sendTo('payment_successful', 0, paymentSuccessful(after));
    await eventually(async () => expect(await bed.effectsOf(after)).toHaveLength(1));
    expect(await bed.effectsOf(aborted)).toEqual([]);
  });
});
