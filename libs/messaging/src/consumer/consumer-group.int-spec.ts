import { anOrderId, eventually, infrastructureUrls } from '@app/testing';
import kafkajs, { Kafka, logLevel, type Consumer, type PartitionAssigner } from 'kafkajs';
import { paymentFailed, paymentSuccessful } from '../../test/events';
import { MessagingBed, type Replica } from '../../test/messaging-app';
import { READ_TOPICS } from '../../test/kafka-probe';
import { ConsumerHealth } from './consumer-health';

let bed: MessagingBed;
let stranger: Consumer;

beforeEach(async () => {
  bed = await MessagingBed.create();
});
afterEach(async () => {
  await stranger.disconnect();
  await bed.destroy();
});

const { AssignerProtocol } = kafkajs;
const NOTHING = AssignerProtocol.MemberAssignment.encode({ version: 1, assignment: {}, userData: Buffer.alloc(0) });

/** An assigner that gives its own client nothing, and to the others what is given here. */
function assignerOf(name: string, forOthers: Buffer): PartitionAssigner {
  let own: string | undefined;
  return () => ({
    name,
    version: 1,
    assign: ({ members }) => {
      own ??= members[0]?.memberId;
      return Promise.resolve(
        members.map(({ memberId }) => ({ memberId, memberAssignment: memberId === own ? NOTHING : forOthers })),
      );
    },
    protocol: ({ topics }) => ({
      name,
      metadata: AssignerProtocol.MemberMetadata.encode({ version: 1, topics, userData: Buffer.alloc(0) }),
    }),
  });
}

/** Another client, which is in the group before the service is. */
async function joinAsStranger(assigner: PartitionAssigner): Promise<void> {
  const kafka = new Kafka({ clientId: 'stranger', brokers: [infrastructureUrls().kafka], logLevel: logLevel.NOTHING });
  stranger = kafka.consumer({ groupId: bed.service, partitionAssigners: [assigner], retry: { retries: 0 } });
  await stranger.connect();
  await stranger.subscribe({ topics: [...READ_TOPICS] });
  await stranger.run({ eachMessage: () => Promise.resolve() });
}

async function expectToWait({ app }: Replica, reason: unknown): Promise<void> {
  await eventually(async () => {
    const { statusCode, body } = await app.inject({ method: 'GET', url: '/health' });
    expect(statusCode).toBe(200);
    expect((JSON.parse(body) as { dependencies: object }).dependencies).toMatchObject({
      kafka: { status: 'down', details: { reason } },
    });
  });
  expect((await app.inject({ method: 'GET', url: '/health/live' })).statusCode).toBe(200);
}

describe('a service whose consumer group has a member of another kind', () => {
  it('serves its requests, says so, and consumes as soon as that one has left', async () => {
    await joinAsStranger(assignerOf('strange', NOTHING));
    const replica = await bed.launch();
    await expectToWait(replica, 'another kind of client is in the consumer group');
    const order = anOrderId();
    const events = [paymentSuccessful(order), paymentFailed(order)];
    await bed.kafka.publish(...events);
    await stranger.disconnect();
    await eventually(async () => expect(await bed.effectsOf(order)).toHaveLength(2), { timeoutMs: 8_000 });
    expect(replica.app.get(ConsumerHealth).state).toBe('consuming');
  });

  it('which assigns partitions in a way nobody can read waits in the same way', async () => {
    await joinAsStranger(assignerOf('RoundRobinAssigner', Buffer.from([0, 1, 0x7f, 0xff, 0xff, 0xff, 1, 2])));
    const replica = await bed.launch();
    await expectToWait(replica, expect.any(String));
    const order = anOrderId();
    await bed.kafka.publish(paymentSuccessful(order));
    await stranger.disconnect();
    await eventually(async () => expect(await bed.effectsOf(order)).toHaveLength(1), { timeoutMs: 15_000 });
  });
});
