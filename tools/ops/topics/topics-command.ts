import { EVENTS } from '@app/events';
import kafkajs, { type Admin } from 'kafkajs';
import { printJson, type Console } from '../cli/console.ts';
import { approximately } from '../cli/duration.ts';
import { EXIT, type ExitCode } from '../cli/exit-code.ts';
import { recordsIn, withKafkaAdmin } from '../cli/kafka.ts';
import { table } from '../cli/table.ts';
import { groupsOf } from './groups.ts';

interface Topic {
  readonly topic: string;
  readonly partitions: number;
  /** Records it still keeps; markers of transactions count too. */
  readonly records: number;
  /** Milliseconds; null when records are kept for ever. */
  readonly retentionMs: number | null;
  /** Groups that have read something of it, or are going to. */
  readonly readers: readonly string[];
}

/** Every topic but Kafka's own, and the events that have none. */
export async function topicsCommand(console: Console, brokers: readonly string[], json: boolean): Promise<ExitCode> {
  const topics = await withKafkaAdmin(brokers, topicsOf);
  const missing = EVENTS.map(({ type }) => type).filter((type) => !topics.some(({ topic }) => topic === type));
  if (json) printJson(console, { topics, missing });
  else {
    const rows = topics.map(({ topic, partitions, records, retentionMs, readers }) => [
      ...[topic, partitions, records, retentionMs === null ? 'for ever' : approximately(retentionMs)],
      readers.join(', '),
    ]);
    console.print(table(['TOPIC', 'PARTITIONS', 'RECORDS', 'KEPT', 'READ BY'], rows));
    if (missing.length > 0)
      console.print(`\nno topic for ${missing.join(', ')}: its publisher creates it when it starts`);
  }
  return missing.length > 0 ? EXIT.found : EXIT.fine;
}

async function topicsOf(admin: Admin): Promise<Topic[]> {
  const names = (await admin.listTopics()).filter((name) => !name.startsWith('__')).toSorted();
  if (names.length === 0) return [];
  const groups = await groupsOf(admin);
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name, configNames: ['retention.ms'] })),
  });
  const topics = names.map(async (topic) => {
    const partitions = await admin.fetchTopicOffsets(topic);
    const entries = resources.find(({ resourceName }) => resourceName === topic)?.configEntries ?? [];
    const retention = Number(entries.find(({ configName }) => configName === 'retention.ms')?.configValue ?? -1);
    return {
      topic,
      partitions: partitions.length,
      records: partitions.reduce((sum, bounds) => sum + recordsIn(bounds), 0),
      retentionMs: retention < 0 ? null : retention,
      readers: groups
        .filter(
          ({ partitions: places, members }) =>
            places.some((place) => place.topic === topic) || members.some((member) => member.topics.includes(topic)),
        )
        .map(({ group }) => group),
    };
  });
  return Promise.all(topics);
}
