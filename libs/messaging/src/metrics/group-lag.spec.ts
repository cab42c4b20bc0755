import type { Admin } from 'kafkajs';
import { groupLag, topicEnds } from './group-lag';
import { UnreadAges } from './unread-ages';

const NOW = 1_000_000_000;
const SECOND = 1_000;

/** A topic with records of these times in partition 0, and none in partition 1. */
function kafkaWith(topic: string, times: readonly number[], committed: number, low = 0) {
  let asked = 0;
  const admin = {
    listTopics: async () => [topic, 'other'],
    fetchTopicOffsets: async () => [
      { partition: 0, offset: '0', high: String(times.length), low: String(low) },
      { partition: 1, offset: '0', high: '0', low: '0' },
    ],
    fetchOffsets: async ({ topics = [] }: { topics?: string[] }) =>
      topics.map((name) => ({
        topic: name,
        partitions: [
          { partition: 0, offset: String(committed), metadata: null },
          { partition: 1, offset: '-1', metadata: null },
        ],
      })),
    fetchTopicOffsetsByTimestamp: async (_: string, time: number) => {
      asked += 1;
      const index = times.findIndex((candidate) => candidate >= time);
      return [
        { partition: 0, offset: String(index < 0 ? times.length : index) },
        { partition: 1, offset: '0' },
      ];
    },
  } as unknown as Admin;
  return { admin, asked: () => asked };
}

async function lagsOf(admin: Admin) {
  return groupLag(admin, 'order-service', await topicEnds(admin, (topic) => topic === 'order_created'));
}

describe('the lag of a group', () => {
  it('is what lies between its offset and the end, in each partition of the topics that were asked for', async () => {
    const { admin } = kafkaWith('order_created', [1, 2, 3, 4, 5], 2);
    expect(await lagsOf(admin)).toEqual([
      { topic: 'order_created', partition: 0, committed: 2, next: 2, end: 5, records: 3 },
      { topic: 'order_created', partition: 1, committed: -1, next: 0, end: 0, records: 0 },
    ]);
  });

  it('does not count records that Kafka has dropped', async () => {
    const { admin } = kafkaWith('order_created', [1, 2, 3, 4, 5], 1, 4);
    expect((await lagsOf(admin))[0]).toMatchObject({ next: 4, records: 1 });
  });
});

describe('the age of what a group has not consumed', () => {
  const agesWith = async (times: readonly number[], committed: number) => {
    const { admin, asked } = kafkaWith('order_created', times, committed);
    const ages = new UnreadAges();
    return { admin, ages, asked, found: await ages.of(admin, await lagsOf(admin), NOW) };
  };

  it('is 0 when it has consumed everything', async () => {
    const { found, asked } = await agesWith([NOW - 900 * SECOND], 1);
    expect(found).toEqual([0, 0]);
    expect(asked()).toBe(0);
  });

  it('is found with one question while it is below a second', async () => {
    const { found, asked } = await agesWith([NOW - 60 * SECOND, NOW - 200], 1);
    expect(found[0]).toBeGreaterThanOrEqual(0);
    expect(found[0]).toBeLessThanOrEqual(1);
    expect(asked()).toBe(1);
  });

  it.each([3, 42, 900, 86_400, 700_000])('is that of its oldest record: %i s', async (age) => {
    const { found } = await agesWith([NOW - 800_000 * SECOND, NOW - age * SECOND, NOW - SECOND], 1);
    expect(Math.abs((found[0] ?? 0) - age)).toBeLessThanOrEqual(Math.max(1, age * 0.05));
  });

  it('grows without a question as long as the group stands still', async () => {
    const { admin, ages, asked, found } = await agesWith([NOW - 42 * SECOND], 0);
    const before = asked();
    const [later] = await ages.of(admin, await lagsOf(admin), NOW + 10 * SECOND);
    expect(later).toBeCloseTo((found[0] ?? 0) + 10, 5);
    expect(asked()).toBe(before);
  });
});
