import type { OffsetsByTopicPartition } from 'kafkajs';
import { eventually } from '@app/testing';
import { OffsetCommits, type Committer } from './offset-commits';

const INTERVAL_MS = 30;

function setUp() {
  const commits: Record<string, string>[] = [];
  const kafka = { refusal: undefined as Error | undefined, gate: Promise.resolve() };
  let now = 0;
  const committer: Committer = {
    resolveOffset: () => undefined,
    commitOffsetsIfNecessary: async (offsets) => {
      await kafka.gate;
      if (kafka.refusal !== undefined) throw kafka.refusal;
      const { topics } = offsets as OffsetsByTopicPartition;
      commits.push(
        Object.fromEntries(
          topics.flatMap(({ topic, partitions }) =>
            partitions.map(({ partition, offset }) => [`${topic}/${partition}`, offset] as const),
          ),
        ),
      );
    },
  };
  const offsets = new OffsetCommits(INTERVAL_MS, () => now);
  const done = (partition: number, offset: string) => offsets.done(committer, 'a', partition, offset);
  return { commits, offsets, done, kafka, pass: (ms: number) => (now += ms) };
}

describe('offsets', () => {
  it('are committed at once after a while without, then not before the interval has passed', async () => {
    const { commits, offsets, done, pass } = setUp();
    done(0, '1');
    await offsets.whenDue();
    done(0, '2');
    await offsets.whenDue();
    expect(commits).toEqual([{ 'a/0': '2' }]);
    pass(INTERVAL_MS);
    done(1, '7');
    await offsets.whenDue();
    expect(commits).toEqual([{ 'a/0': '2' }, { 'a/0': '3', 'a/1': '8' }]);
  });

  it('are committed by themselves when nothing follows', async () => {
    const { commits, offsets, done } = setUp();
    done(0, '1');
    await offsets.rest();
    done(0, '2');
    await offsets.whenDue();
    expect(commits).toHaveLength(1);
    await eventually(() => expect(commits).toEqual([{ 'a/0': '2' }, { 'a/0': '3' }]));
  });

  it('that were refused are tried again by themselves, without going behind what was done since', async () => {
    const { commits, offsets, done, kafka } = setUp();
    const refusal = (kafka.refusal = new Error('not the coordinator'));
    done(0, '1');
    done(1, '1');
    const refused = offsets.rest();
    await Promise.resolve();
    done(0, '5');
    await expect(refused).rejects.toBe(refusal);
    kafka.refusal = undefined;
    await eventually(() => expect(commits).toEqual([{ 'a/0': '6', 'a/1': '2' }]));
  });

  it('are one request at a time, so that a later one cannot be overtaken', async () => {
    const { commits, offsets, done, kafka } = setUp();
    const gate = Promise.withResolvers<void>();
    kafka.gate = gate.promise;
    done(0, '1');
    const first = offsets.rest();
    await Promise.resolve();
    done(0, '2');
    const second = offsets.rest();
    gate.resolve();
    await Promise.all([first, second]);
    expect(commits).toEqual([{ 'a/0': '2' }, { 'a/0': '3' }]);
  });

  it('of a membership that has ended are not committed in the next one', async () => {
    const { commits, offsets, done, kafka } = setUp();
    kafka.refusal = new Error('unknown member');
    done(0, '1');
    const refused = offsets.rest();
    await Promise.resolve();
    offsets.forget();
    await expect(refused).rejects.toThrow('unknown member');
    kafka.refusal = undefined;
    await offsets.rest();
    expect(commits).toEqual([]);
  });

  it('of a topic that is gone are not tried again: they would mean other records of a topic of the same name', async () => {
    const { commits, offsets, done, kafka } = setUp();
    kafka.refusal = Object.assign(new Error('no such topic'), { type: 'UNKNOWN_TOPIC_OR_PARTITION' });
    done(0, '1');
    await expect(offsets.rest()).rejects.toThrow('no such topic');
    kafka.refusal = undefined;
    done(1, '7');
    await offsets.rest();
    expect(commits).toEqual([{ 'a/1': '8' }]);
  });
});
