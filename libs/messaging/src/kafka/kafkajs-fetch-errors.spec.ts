import { jest } from '@jest/globals';
import { createRequire } from 'node:module';
import { batchOf } from '../../test/record-batches';

/* What `patches/` changes for a partition that Kafka gives an error for in an answer that has the others. */
const inside = createRequire(createRequire(import.meta.url).resolve('kafkajs'));

interface Answer {
  readonly responses: readonly object[];
}
interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly { readonly offset: string }[];
}
const { decode, parse } = inside('./src/protocol/requests/fetch/v11/response') as {
  decode(bytes: Buffer): Promise<Answer>;
  parse(answer: Answer): Promise<Answer>;
};
const { createErrorFromCode } = inside('./src/protocol/error') as { createErrorFromCode(code: number): Error };
const ConsumerGroup = inside('./src/consumer/consumerGroup') as new (options: object) => {
  subscriptionState: { assign(partitions: readonly object[]): void };
  offsetManager: object;
  joinAndSync(): Promise<void>;
  fetch(nodeId: number): Promise<Batch[]>;
};

const TOPIC = 'order_created';
const [OK, OFFSET_OUT_OF_RANGE, UNKNOWN_TOPIC, NOT_LEADER, STORAGE_ERROR] = [0, 1, 3, 6, 56];
const records = await batchOf(10, ['ten', 'eleven']);

const int16 = (value: number) => Buffer.from([value >> 8, value & 0xff]);
const int32 = (value: number) => Buffer.from([value >> 24, value >> 16, value >> 8, value].map((byte) => byte & 0xff));
const int64 = (value: number) => Buffer.concat([int32(0), int32(value)]);

/** Kafka's answer with these partitions of {@link TOPIC}: each with records, or with its error. */
function answerOf(...errorCodes: readonly number[]): Buffer {
  const partitions = errorCodes.map((errorCode, partition) => {
    const bytes = errorCode === OK ? records : Buffer.alloc(0);
    // Partition, error, high watermark, last stable offset, first offset, no aborted transactions, no other replica, records.
    const head = [int32(partition), int16(errorCode), int64(12), int64(12), int64(0), int32(0), int32(-1)];
    return Buffer.concat([...head, int32(bytes.length), bytes]);
  });
  const topic = [int16(TOPIC.length), Buffer.from(TOPIC), int32(partitions.length), ...partitions];
  return Buffer.concat([int32(0), int16(OK), int32(0), int32(1), ...topic]);
}

/** A member of a group with partitions of {@link TOPIC}, and a Kafka that gives these answers, one after the other. */
function memberWith(...answers: readonly Buffer[]) {
  const seen = { asked: [] as number[][], refreshed: 0, reset: [] as number[], joined: 0 };
  let now = Date.now();
  const left = [...answers];
  const broker = {
    fetch: async ({ topics }: { topics: readonly { readonly partitions: readonly { partition: number }[] }[] }) => {
      seen.asked.push(topics.flatMap(({ partitions }) => partitions.map(({ partition }) => partition)));
      return parse(await decode(left.shift() ?? answerOf(OK)));
    },
  };
  const cluster = {
    refreshMetadataIfNecessary: () => Promise.resolve(),
    refreshMetadata: () => Promise.resolve((seen.refreshed += 1)),
    findBroker: () => Promise.resolve(broker),
    findTopicPartitionMetadata: () => [0, 1, 2].map((partitionId) => ({ partitionId, leader: 0 })),
    findLeaderForPartitions: (_: string, partitions: readonly number[]) => ({ 0: partitions }),
  };
  const log = { namespace: () => log, debug() {}, info() {}, warn() {}, error() {} };
  const member = new ConsumerGroup({ cluster, logger: log, retry: {}, topics: [TOPIC], maxWaitTimeInMs: 1 });
  const committed = { [TOPIC]: { 0: '10', 1: '10', 2: '10' } };
  member.subscriptionState.assign([{ topic: TOPIC, partitions: [0, 1, 2] }]);
  member.offsetManager = {
    committedOffsets: () => committed,
    nextOffset: () => '10',
    resolveOffsets: () => Promise.resolve(),
    clearAllOffsets: () => undefined,
    setDefaultOffset: ({ partition }: { partition: number }) => Promise.resolve(seen.reset.push(partition)),
  };
  member.joinAndSync = () => Promise.resolve(void (seen.joined += 1));
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  return { member, seen, later: (ms: number) => (now += ms) };
}

const brought = (batches: readonly Batch[]) =>
  batches.map(({ partition, messages }) => `${partition}: ${messages.map(({ offset }) => offset).join()}`);

afterEach(() => jest.restoreAllMocks());

describe('an answer with an error for one partition', () => {
  it.each([OFFSET_OUT_OF_RANGE, UNKNOWN_TOPIC, NOT_LEADER, STORAGE_ERROR])(
    '(%d) brings the records of the others, which are asked for again without it',
    async (code) => {
      const { member, seen } = memberWith(answerOf(OK, code, OK));
      expect(brought(await member.fetch(0))).toEqual(['0: 10,11', '2: 10,11']);
      await member.fetch(0);
      expect(seen).toEqual({
        asked: [
          [0, 1, 2],
          [0, 2],
        ],
        refreshed: 0,
        reset: [],
        joined: 0,
      });
    },
  );

  it.each([
    ['is looked for at another broker', NOT_LEADER, { refreshed: 1, reset: [], joined: 0 }],
    ['is tried again', STORAGE_ERROR, { refreshed: 1, reset: [], joined: 0 }],
    ['begins where it begins by now', OFFSET_OUT_OF_RANGE, { refreshed: 0, reset: [1], joined: 0 }],
  ])('a second later %s', async (_, code, done) => {
    const { member, seen, later } = memberWith(answerOf(OK, code, OK));
    await member.fetch(0);
    later(1_001);
    await member.fetch(0);
    expect(seen).toEqual({
      asked: [
        [0, 1, 2],
        [0, 1, 2],
      ],
      ...done,
    });
  });

  it('because its topic is gone has the group begin anew a second later', async () => {
    const { member, seen, later } = memberWith(answerOf(OK, UNKNOWN_TOPIC, OK));
    await member.fetch(0);
    later(1_001);
    expect(await member.fetch(0)).toEqual([]);
    expect(seen).toMatchObject({ asked: [[0, 1, 2]], joined: 1 });
  });

  it('and no other partition is the error of the fetch', async () => {
    await expect(decode(answerOf(STORAGE_ERROR)).then(parse)).rejects.toThrow(
      createErrorFromCode(STORAGE_ERROR).message,
    );
  });
});
