import type { MessageFilter } from '../desk/desk-client.ts';
import { Command, InvalidArgumentError } from 'commander';
import { DeskClient } from '../desk/desk-client.ts';
import { retryOrDiscard } from '../desk/bulk-commands.ts';
import { exportAll, groups, jobs, list, show, watch, type DeskContext } from '../desk/failed-commands.ts';
import type { Console } from './console.ts';
import { durationMs, momentOf } from './duration.ts';
import type { ExitCode } from './exit-code.ts';
import { servicesNamed, systemAddresses } from './target.ts';

interface DeskFlags {
  readonly service?: readonly string[];
  readonly json?: true;
  readonly status?: string;
  readonly topic?: string;
  /** The reason they failed for; why they are discarded is another one. */
  readonly failedAs?: string;
  readonly error?: string;
  readonly since?: string;
  readonly order?: string;
}

interface BulkFlags extends DeskFlags {
  readonly all?: true;
  readonly max?: number;
  readonly dryRun?: true;
  readonly force?: true;
  readonly actor?: string;
  /** Why they are discarded. */
  readonly reason?: string;
  readonly timeout: string;
}

type Finish = (work: Promise<ExitCode>) => Promise<void>;

const EXAMPLES = `
Examples
  npm run ops -- failed groups                                   what fails, and how often
  npm run ops -- failed list --service payment-service --since 10m
  npm run ops -- failed show 0197a3c0-…                          payload, headers, every attempt, what waits behind it
  npm run ops -- failed retry 0197a3c0-…
  npm run ops -- failed retry --error "connection refused" --dry-run
  npm run ops -- failed retry --topic order_created --max 100
  npm run ops -- failed discard 0197a3c0-… --reason "test data"
  npm run ops -- failed export --since 1d > failed.ndjson

Exit codes: 0 nothing failed or all done, 1 failed messages found or failed again, 2 wrong usage or a service does not answer.`;

/** `failed …`: the desk of failed messages, of all services at once. */
export function failedProgram(console: Console, finish: Finish): Command {
  const program = new Command('failed')
    .description('failed messages: look, retry, discard')
    .addHelpText('after', EXAMPLES);
  looking(program, console, finish);
  acting(program, console, finish);
  return program;
}

function looking(program: Command, console: Console, finish: Finish): void {
  filtered(program.command('list').description('failed messages, newest first'))
    .option('--limit <n>', 'at most so many', count, 50)
    .action((flags: DeskFlags & { limit: number }) =>
      finish(list(contextOf(console, flags), filterOf(console, flags), flags.limit)),
    );
  filtered(program.command('groups').description('the same, equal errors together')).action((flags: DeskFlags) =>
    finish(groups(contextOf(console, flags), filterOf(console, flags))),
  );
  filtered(program.command('watch').description('groups, again and again'))
    .option('--every <duration>', 'pause between two looks', '2s')
    .action((flags: DeskFlags & { every: string }) =>
      finish(watch(contextOf(console, flags), filterOf(console, flags), durationMs(flags.every))),
    );
  filtered(program.command('export').description('whole messages, one JSON object a line')).action((flags: DeskFlags) =>
    finish(exportAll(contextOf(console, flags), filterOf(console, flags))),
  );
  shared(program.command('show').description('everything about one message').argument('<id>')).action(
    (id: string, flags: DeskFlags) => finish(show(contextOf(console, flags), id)),
  );
  shared(program.command('jobs').description('retries and discards of many messages, newest first'))
    .option('--limit <n>', 'at most so many of a service', count, 10)
    .action((flags: DeskFlags & { limit: number }) => finish(jobs(contextOf(console, flags), flags.limit)));
}

function acting(program: Command, console: Console, finish: Finish): void {
  for (const kind of ['retry', 'discard'] as const) {
    const command = filtered(program.command(kind).argument('[id]'))
      .description(kind === 'retry' ? 'handle messages once more' : 'give messages up for good')
      .option('--all', 'all of them, without a filter')
      .option('--max <n>', 'at most so many, of all services together', count)
      .option('--dry-run', 'say what would be done')
      .option('--actor <name>', 'who does it; by default the user of the operating system')
      .option('--timeout <duration>', 'how long the progress is followed', '10m');
    if (kind === 'retry') command.option('--force', 'even if it is quarantined (one message)');
    else command.option('--reason <text>', 'why, 1 to 500 characters; required');
    command.action((id: string | undefined, flags: BulkFlags) => {
      const { max } = flags;
      const wish = {
        kind,
        filter: filterOf(console, flags),
        all: flags.all ?? false,
        actor: flags.actor ?? console.user,
        dryRun: flags.dryRun ?? false,
        force: flags.force ?? false,
        patienceMs: durationMs(flags.timeout),
        ...(id === undefined ? {} : { id }),
        ...(max === undefined ? {} : { max }),
        ...(kind === 'discard' && flags.reason !== undefined ? { reason: flags.reason } : {}),
      };
      return finish(retryOrDiscard(contextOf(console, flags), wish));
    });
  }
}

function filtered(command: Command): Command {
  return shared(command)
    .option(
      '--status <status>',
      'retrying, waiting, dead_lettered, quarantined, resolved, discarded; default: unfinished',
    )
    .option('--topic <topic>')
    .option('--failed-as <reason>', 'undecodable, unknown_type, invalid, handler_failed')
    .option('--error <text>', 'the error’s class, or a part of its message')
    .option('--since <moment>', 'failed since: 10m, 2h, or a time')
    .option('--order <id>', 'about this order');
}

function shared(command: Command): Command {
  return command
    .option('--service <name...>', 'only these services; by default all four')
    .option('--json', 'JSON instead of a table');
}

function contextOf(console: Console, flags: DeskFlags): DeskContext {
  const { services } = systemAddresses({});
  const clients = servicesNamed(flags.service).map((name) => new DeskClient(name, services[name]));
  return { console, clients, json: flags.json ?? false };
}

function filterOf(console: Console, { status, topic, failedAs, error, since, order }: DeskFlags): MessageFilter {
  return {
    ...(status === undefined ? {} : { status }),
    ...(topic === undefined ? {} : { topic }),
    ...(failedAs === undefined ? {} : { reason: failedAs }),
    ...(error === undefined ? {} : { error }),
    ...(since === undefined ? {} : { since: momentOf(since, console.now()).toISOString() }),
    ...(order === undefined ? {} : { order_id: order }),
  };
}

/** A whole number above zero, as commander wants it read. */
export function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number above 0');
  return value;
}
