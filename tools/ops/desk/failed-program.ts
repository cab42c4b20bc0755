import { operatorToken } from '../cli/ask.ts';
import { Command } from 'commander';
import type { Console } from '../cli/console.ts';
import { durationMs, momentOf } from '../cli/duration.ts';
import { count, type Finish } from '../cli/options.ts';
import { servicesNamed, systemAddresses } from '../cli/target.ts';
import { DeskClient, type MessageFilter } from './desk-client.ts';
import type { DeskContext } from './failed-commands.ts';

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

const EXAMPLES = `
Examples
  ./ops failed groups                                   errors, most frequent first
  ./ops failed list --service payment-service --since 10m
  ./ops failed show 0197a3c0-…                          payload, headers, attempts, waiting messages
  ./ops failed retry 0197a3c0-…
  ./ops failed retry --error "connection refused" --dry-run
  ./ops failed retry --topic order_created --max 100
  ./ops failed discard 0197a3c0-… --reason "test data"
  ./ops failed export --since 1d > failed.ndjson

Exit codes: 0 no failed messages or all done, 1 failed messages found or failed again, 2 wrong usage or a service is unavailable.`;

/** `failed …`: the desk of failed messages, of all services at once. */
export function failedProgram(console: Console, finish: Finish): Command {
  const program = new Command('failed')
    .description('list, retry and discard failed messages')
    .addHelpText('after', EXAMPLES);
  looking(program, console, finish);
  acting(program, console, finish);
  return program;
}

const commands = () => import('./failed-commands.ts');

function looking(program: Command, console: Console, finish: Finish): void {
  filtered(program.command('list').description('list failed messages, newest first'))
    .option('--limit <n>', 'maximum number of messages', count, 50)
    .action((flags: DeskFlags & { limit: number }) =>
      commands().then(({ list }) => finish(list(contextOf(console, flags), filterOf(console, flags), flags.limit))),
    );
  filtered(program.command('groups').description('list failed messages grouped by error')).action((flags: DeskFlags) =>
    commands().then(({ groups }) => finish(groups(contextOf(console, flags), filterOf(console, flags)))),
  );
  filtered(program.command('watch').description('print the groups repeatedly'))
    .option('--every <duration>', 'interval', '2s')
    .action((flags: DeskFlags & { every: string }) =>
      commands().then(({ watch }) =>
        finish(watch(contextOf(console, flags), filterOf(console, flags), durationMs(flags.every))),
      ),
    );
  filtered(program.command('export').description('print whole messages, one JSON object per line')).action(
    (flags: DeskFlags) =>
      commands().then(({ exportAll }) => finish(exportAll(contextOf(console, flags), filterOf(console, flags)))),
  );
  shared(program.command('show').description('show one message in full').argument('<id>')).action(
    (id: string, flags: DeskFlags) => commands().then(({ show }) => finish(show(contextOf(console, flags), id))),
  );
  shared(program.command('jobs').description('list bulk retries and discards, newest first'))
    .option('--limit <n>', 'maximum number of jobs per service', count, 10)
    .action((flags: DeskFlags & { limit: number }) =>
      commands().then(({ jobs }) => finish(jobs(contextOf(console, flags), flags.limit))),
    );
}

function acting(program: Command, console: Console, finish: Finish): void {
  for (const kind of ['retry', 'discard'] as const) {
    const command = filtered(program.command(kind).argument('[id]'))
      .description(kind === 'retry' ? 'retry messages' : 'discard messages')
      .option('--all', 'select all messages, without a filter')
      .option('--max <n>', 'maximum number of messages, over all services', count)
      .option('--dry-run', 'only print what would be done')
      .option('--actor <name>', 'name to record, where services run without authentication; default: your user name')
      .option('--timeout <duration>', 'how long to follow the progress', '10m');
    if (kind === 'retry') command.option('--force', 'retry even if quarantined (one message only)');
    else command.option('--reason <text>', 'reason to record, 1 to 500 characters; required');
    command.action(async (id: string | undefined, flags: BulkFlags) => {
      const { retryOrDiscard } = await import('./bulk-commands.ts');
      const { max } = flags;
      const wish = {
        kind,
        filter: filterOf(console, flags),
        all: flags.all ?? false,
        actor: flags.actor ?? (operatorToken() === undefined ? console.user : undefined),
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
    .option('--error <text>', 'class of the error, or part of its message')
    .option('--since <moment>', 'only messages that failed since then: 10m, 2h, or a time')
    .option('--order <id>', 'only messages of this order');
}

function shared(command: Command): Command {
  return command
    .option('--service <name...>', 'only these services; default: all four')
    .option('--json', 'print JSON instead of a table');
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
