import { serviceNames } from '../../stack/service-names.ts';
import { printJson, type Console } from '../cli/console.ts';
import { EXIT, type ExitCode } from '../cli/exit-code.ts';
import { withKafkaAdmin } from '../cli/kafka.ts';
import { table } from '../cli/table.ts';
import { groupsOf, type Group } from './groups.ts';

/** The consumer groups, and below them the partitions that still have records for one. */
export async function groupsCommand(console: Console, brokers: readonly string[], json: boolean): Promise<ExitCode> {
  const groups = await withKafkaAdmin(brokers, groupsOf);
  // A service's consumer group is its name.
  const idle = serviceNames.filter(
    (name) => !groups.some(({ group, members }) => group === name && members.length > 0),
  );
  if (json) printJson(console, { groups, without_members: idle });
  else {
    console.print(report(groups));
    for (const name of idle) console.print(`\n${name} does not consume: no member of its group`);
  }
  return idle.length > 0 ? EXIT.found : EXIT.fine;
}

function report(groups: readonly Group[]): string {
  const rows = groups.map(({ group, state, members, partitions }) => [
    group,
    state,
    members.length,
    members.map(({ client, host }) => `${client} (${host})`).join(', '),
    partitions.length,
    partitions.reduce((sum, { lag }) => sum + lag, 0),
  ]);
  const behind = groups.flatMap(({ group, partitions }) =>
    partitions
      .filter(({ lag }) => lag > 0)
      .map((place) => [group, place.topic, place.partition, place.next, place.end, place.lag]),
  );
  return [
    table(['GROUP', 'STATE', 'MEMBERS', 'WHO', 'PARTITIONS', 'LAG'], rows),
    ...(behind.length === 0 ? [] : [table(['GROUP', 'TOPIC', 'PARTITION', 'NEXT', 'END', 'LAG'], behind)]),
  ].join('\n\n');
}
