import { CATALOGUE } from '@app/events';
import type { EachBatchPayload, KafkaMessage, OffsetsByTopicPartition } from 'kafkajs';
import { eventually } from '@app/testing';
import type { ConsumedRecord } from '../record/consumed-record';
import { FetchCollector, type FetchCollectorPort } from './fetch-collector';

/** kafkajs as the collector sees it: what it was told, and what it answers. */
class FakeConsumer {
  readonly resolved: string[] = [];
  readonly commits: Record<string, string>[] = [];
  readonly paused = new Set<string>();
  heartbeats = 0;
  running = true;
  stale = false;
  heartbeatFailure: Error | undefined;
  commitFailure: Error | undefined;

  share(topic: string, partition: number, ...offsets: number[]): EachBatchPayload {
    const messages = offsets.map((offset): KafkaMessage => ({
      key: null,
      value: null,
      timestamp: '0',
      attributes: 0,
      offset: String(offset),
      headers: {},
    }));
    const name = `${topic}/${partition}`;
    const lastOffset = () => messages.at(-1)?.offset ?? '0';
    const payload: Partial<EachBatchPayload> = {
      batch: { topic, partition, messages, offsetLag: () => '0', lastOffset } as unknown as EachBatchPayload['batch'],
      resolveOffset: (offset) => this.resolved.push(`${name}@${offset}`),
      heartbeat: async () => {
        this.heartbeats += 1;
        if (this.heartbeatFailure !== undefined) throw this.heartbeatFailure;
      },
      pause: () => {
        this.paused.add(name);
        return () => this.paused.delete(name);
      },
      commitOffsetsIfNecessary: async (offsets) => this.commit(offsets!),
      isRunning: () => this.running,
      isStale: () => this.stale,
    };
    return payload as EachBatchPayload;
  }

  private commit({ topics }: OffsetsByTopicPartition): void {
    if (this.commitFailure !== undefined) throw this.commitFailure;
    this.commits.push(
      Object.fromEntries(
        topics.flatMap(({ topic, partitions }) =>
          partitions.map(({ partition, offset }) => [`${topic}/${partition}`, offset] as const),
        ),
      ),
    );
  }
}

function setUp(overrides: Partial<FetchCollectorPort> = {}) {
  const consumer = new FakeConsumer();
  const batches: string[][] = [];
  const outages: { error: unknown; resume: () => void }[] = [];
  const port: FetchCollectorPort = {
    process: (records) => {
      batches.push(names(records));
      return Promise.resolve();
    },
    outage: (error, resume) => outages.push({ error, resume }),
    unreadable: () => undefined,
    stopping: () => false,
    catalogue: CATALOGUE,
    maxRecords: 100,
    linger: { idleMs: 0, busyMs: 0 },
    heartbeatIntervalMs: 5,
    ...overrides,
  };
  return { consumer, collector: new FetchCollector(port, () => 0), batches, outages };
}

const names = (records: readonly ConsumedRecord[]) =>
  records.map(({ topic, partition, offset }) => `${topic}/${partition}@${offset}`);

describe('the shares of one fetch', () => {
  it('are one batch and one offset commit, over all topics and partitions', async () => {
    const { consumer, collector, batches } = setUp();
    await Promise.all([
      collector.add(consumer.share('a', 0, 5, 6)),
      collector.add(consumer.share('a', 1, 9)),
      collector.add(consumer.share('b', 0, 1)),
    ]);
    expect(batches).toEqual([['a/0@5', 'a/0@6', 'a/1@9', 'b/0@1']]);
    expect(consumer.commits).toEqual([{ 'a/0': '7', 'a/1': '10', 'b/0': '2' }]);
    expect(consumer.resolved).toEqual(['a/0@6', 'a/1@9', 'b/0@1']);
  });

  it('are cut into batches of a bounded size, each partition in its order', async () => {
    const { consumer, collector, batches } = setUp({ maxRecords: 2 });
    await Promise.all([collector.add(consumer.share('a', 0, 1, 2, 3)), collector.add(consumer.share('a', 1, 7, 8))]);
    expect(batches).toEqual([['a/0@1', 'a/0@2'], ['a/0@3', 'a/1@7'], ['a/1@8']]);
    expect(consumer.commits).toEqual([{ 'a/0': '4', 'a/1': '9' }]);
  });

  it('commit offsets beyond what a double can count', async () => {
    const { consumer, collector } = setUp();
    const share = consumer.share('a', 0, 1);
    (share.batch.messages[0] as { offset: string }).offset = '9007199254740993';
    await collector.add(share);
    expect(consumer.commits).toEqual([{ 'a/0': '9007199254740994' }]);
  });

  it('commit what kafkajs keeps to itself behind the last message, or in place of any', async () => {
    const { consumer, collector, batches } = setUp({ maxRecords: 2 });
    const [withEnd, onlyEnd] = [consumer.share('a', 0, 1, 2, 3), consumer.share('a', 1)];
    withEnd.batch.lastOffset = () => '4';
    onlyEnd.batch.lastOffset = () => '9';
    await Promise.all([collector.add(withEnd), collector.add(onlyEnd)]);
    expect(batches).toEqual([['a/0@1', 'a/0@2'], ['a/0@3']]);
    expect(consumer.commits).toEqual([{ 'a/0': '5', 'a/1': '10' }]);
  });

  it('that come while a batch is in hand are the next batch', async () => {
    const gate = Promise.withResolvers<void>();
    const batches: string[][] = [];
    const { consumer, collector } = setUp({
      process: async (records) => {
        batches.push(names(records));
        await gate.promise;
      },
    });
    const first = collector.add(consumer.share('a', 0, 1));
    await eventually(() => expect(batches).toHaveLength(1));
    const second = [collector.add(consumer.share('b', 0, 1)), collector.add(consumer.share('c', 0, 1))];
    gate.resolve();
    await Promise.all([first, ...second]);
    expect(batches).toEqual([['a/0@1'], ['b/0@1', 'c/0@1']]);
  });

  it('are committed only after they have been processed', async () => {
    const gate = Promise.withResolvers<void>();
    const { consumer, collector } = setUp({ process: () => gate.promise });
    const added = collector.add(consumer.share('a', 0, 1));
    await eventually(() => expect(consumer.heartbeats).toBeGreaterThan(2));
    expect(consumer.commits).toEqual([]);
    gate.resolve();
    await added;
    expect(consumer.commits).toHaveLength(1);
  });
});

describe('an outage', () => {
  it('pauses what is not done and leaves its position alone; what is done is committed', async () => {
    const { consumer, collector, outages } = setUp({
      maxRecords: 2,
      process: (records) => (names(records).includes('a/1@5') ? Promise.reject(new Error('down')) : Promise.resolve()),
    });
    await Promise.all([
      collector.add(consumer.share('a', 0, 1, 2)),
      collector.add(consumer.share('a', 1, 5)),
      collector.add(consumer.share('a', 2, 8)),
    ]);
    expect([...consumer.paused]).toEqual(['a/1', 'a/2']);
    expect(consumer.resolved).toEqual(['a/0@2']);
    expect(consumer.commits).toEqual([{ 'a/0': '3' }]);
    outages[0]?.resume();
    expect([...consumer.paused]).toEqual([]);
  });

  it('does not keep the next fetch from being handled', async () => {
    let down = true;
    const { consumer, collector } = setUp({
      process: () => (down ? Promise.reject(new Error('down')) : Promise.resolve()),
    });
    await collector.add(consumer.share('a', 0, 1));
    down = false;
    await collector.add(consumer.share('a', 0, 1));
    expect(consumer.commits).toEqual([{ 'a/0': '2' }]);
  });
});

describe('a group that wants its member back', () => {
  const rebalancing = new Error('the group is rebalancing');

  it('gets the batch in hand committed, nothing new begun, and its own error back', async () => {
    const { consumer, collector, batches } = setUp({
      maxRecords: 1,
      process: async (records) => {
        batches.push(names(records));
        consumer.heartbeatFailure = rebalancing;
        const before = consumer.heartbeats;
        await eventually(() => expect(consumer.heartbeats).toBeGreaterThan(before), { intervalMs: 1 });
      },
    });
    const shares = [collector.add(consumer.share('a', 0, 1, 2)), collector.add(consumer.share('a', 1, 1))];
    expect(await Promise.allSettled(shares)).toEqual([
      { status: 'rejected', reason: rebalancing },
      { status: 'rejected', reason: rebalancing },
    ]);
    expect(batches).toEqual([['a/0@1']]);
    expect(consumer.commits).toEqual([{ 'a/0': '2' }]);
  });

  it('has the work interrupted, which is no outage', async () => {
    const { consumer, collector, outages } = setUp({
      process: async (_records, interrupted) => {
        consumer.heartbeatFailure = rebalancing;
        await eventually(() => expect(interrupted()).toBe(true), { intervalMs: 1 });
        throw new Error('interrupted');
      },
    });
    await expect(collector.add(consumer.share('a', 0, 1))).rejects.toBe(rebalancing);
    expect(outages).toEqual([]);
    expect(consumer.commits).toEqual([]);
    expect([...consumer.paused]).toEqual([]);
  });
});

describe('an offset commit that is refused', () => {
  it('is told to kafkajs, and tried again with what has been done since', async () => {
    const { consumer, collector } = setUp();
    consumer.commitFailure = new Error('not the coordinator');
    const shares = [collector.add(consumer.share('a', 0, 1)), collector.add(consumer.share('a', 1, 1))];
    expect(await Promise.allSettled(shares)).toEqual([
      { status: 'rejected', reason: consumer.commitFailure },
      { status: 'rejected', reason: consumer.commitFailure },
    ]);
    consumer.commitFailure = undefined;
    await collector.add(consumer.share('a', 1, 2));
    expect(consumer.commits).toEqual([{ 'a/0': '2', 'a/1': '3' }]);
  });
});

describe('a consumer that', () => {
  it.each<[string, (consumer: FakeConsumer) => Partial<FetchCollectorPort>]>([
    ['no longer runs', (consumer) => ((consumer.running = false), {})],
    ['has been moved elsewhere', (consumer) => ((consumer.stale = true), {})],
  ])('%s begins nothing and commits nothing', async (_what, change) => {
    const { consumer, collector, batches } = setUp();
    change(consumer);
    await collector.add(consumer.share('a', 0, 1));
    expect([batches, consumer.commits, consumer.resolved]).toEqual([[], [], []]);
  });

  it('is being closed begins nothing and commits nothing', async () => {
    const { consumer, collector, batches } = setUp({ stopping: () => true });
    await collector.add(consumer.share('a', 0, 1));
    expect([batches, consumer.commits]).toEqual([[], []]);
  });
});
