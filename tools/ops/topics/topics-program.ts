import { Command } from 'commander';
import type { Console } from '../cli/console.ts';
import { momentOf } from '../cli/duration.ts';
import { OpsError } from '../cli/exit-code.ts';
import { count, type Finish } from '../cli/options.ts';
import { systemAddresses, type AddressFlags } from '../cli/target.ts';
import type { Selection } from './record-reader.ts';

interface KafkaFlags extends AddressFlags {
  readonly json?: true;
}

interface ReadFlags extends KafkaFlags {
  readonly key?: string;
  readonly partition?: number;
  readonly offset?: number;
  readonly since?: string;
  readonly tail?: number;
  readonly max: number;
}

const MOST = 10_000;

export function topicsProgram(console: Console, finish: Finish): Command {
  return asking(new Command('topics'))
    .description('list topics: partitions, records, retention, and who reads them')
    .addHelpText('after', '\nExit codes: 0 every event has its topic, 1 some have none, 2 Kafka is unavailable.')
    .action(async (flags: KafkaFlags) => {
      const { topicsCommand } = await import('./topics-command.ts');
      return finish(topicsCommand(console, systemAddresses(flags).kafka, flags.json ?? false));
    });
}

export function groupsProgram(console: Console, finish: Finish): Command {
  return asking(new Command('groups'))
    .description('list consumer groups: state, members, and records each partition still has for them')
    .addHelpText(
      'after',
      '\nExit codes: 0 every service consumes, 1 the group of a service has no member, 2 Kafka is unavailable.',
    )
    .action(async (flags: KafkaFlags) => {
      const { groupsCommand } = await import('./groups-command.ts');
      return finish(groupsCommand(console, systemAddresses(flags).kafka, flags.json ?? false));
    });
}

export function readProgram(console: Console, finish: Finish): Command {
  return asking(new Command('read'))
    .description('show records of a topic, and whether they satisfy its contract; the newest ten by default')
    .argument('<topic>')
    .option('--key <text>', 'only records with this key, an order id')
    .option('--partition <n>', 'only this partition', whole)
    .option('--offset <n>', 'from this offset of the partition on', whole)
    .option('--since <moment>', 'from then on: 10m, 2h, or a time')
    .option('--tail <n>', 'the newest so many', count)
    .option('--max <n>', `stop after so many, at most ${MOST}`, count, 20)
    .addHelpText('after', READ_HELP)
    .action(async (topic: string, flags: ReadFlags) => {
      const selection = selectionOf(console, topic, flags);
      const { readCommand } = await import('./read-command.ts');
      return finish(readCommand(console, systemAddresses(flags).kafka, selection, flags.json ?? false));
    });
}

const READ_HELP = `
Records are read without a trace: no consumer group is left behind. --json prints one object a line.

Examples
  ./ops read order_created                          the newest ten
  ./ops read order_cancelled --key 0197a3c0-…       all of one order, newest included
  ./ops read payment_failed --since 10m --max 100
  ./ops read order_created --partition 5 --offset 17 --max 1

Exit codes: 0 all of them satisfy the contract, 1 some do not, 2 there is no such topic or Kafka is unavailable.`;

function selectionOf(console: Console, topic: string, flags: ReadFlags): Selection {
  const { key, partition, offset, since, max } = flags;
  const tail = newestOf(flags);
  return {
    topic,
    max,
    ...(key !== undefined && { key }),
    ...(partition !== undefined && { partition }),
    ...(offset !== undefined && { offset }),
    ...(since !== undefined && { since: momentOf(since, console.now()) }),
    ...(tail !== undefined && { tail }),
  };
}

/** How many of the newest are asked for: ten when nothing says where to begin. @throws OpsError for flags that contradict each other. */
function newestOf({ key, partition, offset, since, tail, max }: ReadFlags): number | undefined {
  if (offset !== undefined && partition === undefined)
    throw new OpsError('--offset is of one partition: add --partition');
  const starts = [offset, since, tail].filter((start) => start !== undefined);
  if (starts.length > 1) throw new OpsError('give one of --offset, --since and --tail');
  if (Math.max(max, tail ?? 0) > MOST) throw new OpsError(`at most ${MOST} records at a time`);
  return tail ?? (key === undefined && starts.length === 0 ? 10 : undefined);
}

function asking(command: Command): Command {
  return command.option('--kafka <host:port,…>').option('--json', 'print JSON instead of text');
}

function whole(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new OpsError(`not a whole number: ${text}`);
  return value;
}
