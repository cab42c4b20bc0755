import { CATALOGUE } from '@app/events';
import type { EachBatchPayload, KafkaMessage, OffsetsByTopicPartition } from 'kafkajs';
import { FetchCollector } from './fetch-collector';

const BACKLOG = 160;

/** A fetch of one partition, and a handler that takes so long for each record by the collector's clock. */
function setUp(msPerRecord: number, commitFailure?: Error, tooMany = Infinity, lingerMs = 0) {
  let lag = 0;
  let now = 0;
  const batches: number[] = [];
  const commits: (string | undefined)[] = [];
  const outages: unknown[] = [];
  const messages = Array.from({ length: BACKLOG }, (_, offset) => ({ offset: String(offset) }) as KafkaMessage);
  const payload: Partial<EachBatchPayload> = {
    batch: {
      topic: 'a',
      partition: 0,
      messages,
      offsetLag: () => String(lag),
      lastOffset: () => messages.at(-1)?.offset,
    } as unknown as EachBatchPayload['batch'],
    resolveOffset: () => undefined,
    heartbeat: () => Promise.resolve(),
    pause: () => () => undefined,
    isRunning: () => true,
    isStale: () => false,
    commitOffsetsIfNecessary: (offsets) => {
      if (commitFailure !== undefined) return Promise.reject(commitFailure);
      commits.push((offsets as OffsetsByTopicPartition).topics[0]?.partitions[0]?.offset);
      return Promise.resolve();
    },
  };
  const port = {
    process: (records: readonly unknown[]) => {
      batches.push(records.length);
      now += records.length * msPerRecord;
      return records.length > tooMany ? Promise.reject(new Error('not in time')) : Promise.resolve();
    },
    outage: (error: unknown) => outages.push(error),
    unreadable: () => undefined,
    stopping: () => false,
    catalogue: CATALOGUE,
    maxRecords: 1_000,
    linger: { idleMs: lingerMs, busyMs: lingerMs },
    heartbeatIntervalMs: 1_000,
  };
  const collector = new FetchCollector(port, () => now);
  const add = () => collector.add(payload as EachBatchPayload);
  /** kafkajs hands over the same records until they are committed. */
  const again = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time += 1) await add();
  };
  const leaveBehind = (records: number): void => void (lag = records);
  return { batches, commits, outages, again, add, leaveBehind };
}

describe('a fetch whose handler is slow', () => {
  it('is handled in batches that take a moment, and committed while the rest is waiting', async () => {
    const { batches, commits, add } = setUp(150);
    await add();
    expect(batches).toEqual(Array.from({ length: 16 }, () => 10));
    expect(commits).toEqual(Array.from({ length: 16 }, (_, chunk) => String(10 * (chunk + 1))));
  });

  it('is left where it is when that cannot be committed, and kafkajs is told', async () => {
    const refused = new Error('not the coordinator');
    const { batches, outages, add } = setUp(150, refused);
    await expect(add()).rejects.toBe(refused);
    expect(batches).toEqual([10]);
    expect(outages).toEqual([]);
  });
});

describe('a fetch that is more than can be handled before a time-out', () => {
  it('comes again in smaller batches until it is handled', async () => {
    const { batches, outages, again } = setUp(600, undefined, 4);
    await again(3);
    expect(batches.slice(0, 3)).toEqual([10, 5, 2]);
    expect(outages).toHaveLength(2);
    expect(batches.slice(2).reduce((sum, size) => sum + size, 0)).toBe(BACKLOG);
  });
});

describe('a fetch whose handler is fast', () => {
  it('is one commit, however many batches', async () => {
    const { batches, commits, add } = setUp(0.1);
    await add();
    expect(batches).toEqual([10, 20, 40, 80, 10]);
    expect(commits).toEqual(['160']);
  });
});

describe('a fetch that leaves records behind in Kafka', () => {
  it('is followed by the next at once; one that leaves none lets records gather', async () => {
    const { add, leaveBehind } = setUp(0.1, undefined, Infinity, 300);
    const timed = async (): Promise<number> => {
      const begin = performance.now();
      await add();
      return performance.now() - begin;
    };
    leaveBehind(1);
    expect(await timed()).toBeLessThan(200);
    leaveBehind(0);
    expect(await timed()).toBeGreaterThan(290);
  });
});
