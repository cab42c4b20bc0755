import type { Admin } from 'kafkajs';
import type { PartitionLag } from './group-lag';

/** An age is found to within a second, or to within this share of it. */
const PRECISION = 0.05;
/** Longer than any topic keeps its records, in seconds. */
const OLDEST_S = 2 ** 24;

type AsksForTimes = Pick<Admin, 'fetchTopicOffsetsByTimestamp'>;

/**
 * How old the oldest record is that a group has not consumed. Kafka does not tell the time of an offset, only the offset of a
 * time, so that it is asked whether the record is older than 1, 2, 4, … seconds, and then in between: one question for a topic that
 * waits for less than a second. While the group stands still nothing is asked any more.
 */
export class UnreadAges {
  private readonly known = new Map<string, { readonly offset: number; readonly timestamp: number }>();

  /**
   * @param now in milliseconds since the epoch.
   * @returns seconds for each partition, in the order given; 0 where nothing waits.
   */
  async of(admin: AsksForTimes, lags: readonly PartitionLag[], now: number): Promise<number[]> {
    const unknown = lags.filter((lag) => lag.records > 0 && this.known.get(keyOf(lag))?.offset !== lag.next);
    const topics = Map.groupBy(unknown, ({ topic }) => topic);
    await Promise.all([...topics].map(([topic, partitions]) => this.find(admin, topic, partitions, now)));
    return lags.map((lag) => {
      const { timestamp = now } = this.known.get(keyOf(lag)) ?? {};
      return lag.records === 0 ? 0 : Math.max(0, (now - timestamp) / 1_000);
    });
  }

  private async find(admin: AsksForTimes, topic: string, lags: readonly PartitionLag[], now: number): Promise<void> {
    const question = new AgeQuestions(admin, topic, now);
    for (const lag of lags) {
      const age = await ageOf((seconds) => question.isOlder(lag, seconds));
      this.known.set(keyOf(lag), { offset: lag.next, timestamp: now - age * 1_000 });
    }
  }
}

/** Answers for all partitions of a topic come together, and are kept. */
class AgeQuestions {
  private readonly answers = new Map<number, ReturnType<AsksForTimes['fetchTopicOffsetsByTimestamp']>>();

  constructor(
    private readonly admin: AsksForTimes,
    private readonly topic: string,
    private readonly now: number,
  ) {}

  /** Whether the first record of that time, or the end of the partition, comes after the one that is next. */
  async isOlder({ partition, next }: PartitionLag, seconds: number): Promise<boolean> {
    const asked = this.answers.get(seconds) ?? this.ask(seconds);
    const found = (await asked).find((candidate) => candidate.partition === partition);
    return found !== undefined && Number(found.offset) > next;
  }

  private ask(seconds: number): ReturnType<AsksForTimes['fetchTopicOffsetsByTimestamp']> {
    const time = Math.max(0, Math.floor(this.now - seconds * 1_000));
    const answer = this.admin.fetchTopicOffsetsByTimestamp(this.topic, time);
    this.answers.set(seconds, answer);
    return answer;
  }
}

async function ageOf(isOlder: (seconds: number) => Promise<boolean>): Promise<number> {
  let [above, upTo] = [0, 1];
  while (upTo < OLDEST_S && (await isOlder(upTo))) [above, upTo] = [upTo, upTo * 2];
  while (upTo - above > Math.max(1, upTo * PRECISION)) {
    const middle = (above + upTo) / 2;
    if (await isOlder(middle)) above = middle;
    else upTo = middle;
  }
  return (above + upTo) / 2;
}

function keyOf({ topic, partition }: PartitionLag): string {
  return `${topic}/${partition}`;
}
