import { Command, CommanderError } from 'commander';
import { auditVerify } from '../audit/audit-command.ts';
import { INVARIANTS, type Invariant } from '../reconcile/check.ts';
import { invariantsReport, reconcileCommand } from '../reconcile/reconcile-command.ts';
import { sendRecord } from '../send/send-command.ts';
import { statusCommand } from '../status/status-command.ts';
import type { Console } from './console.ts';
import { durationMs, momentOf } from './duration.ts';
import { EXIT, OpsError, type ExitCode } from './exit-code.ts';
import { failedProgram } from './failed-program.ts';
import { systemAddresses, type AddressFlags } from './target.ts';

const ADDRESSES = `
The default is the system on the local ports. For another one set ORDER_SERVICE_URL, PAYMENT_SERVICE_URL,
INVENTORY_SERVICE_URL, NOTIFICATION_SERVICE_URL, OPS_DATABASE_URL (as administrator) and KAFKA_BOOTSTRAP_SERVERS.`;

interface LookFlags extends AddressFlags {
  readonly json?: true;
  readonly order?: string;
  readonly since?: string;
  readonly settle: string;
  readonly only?: readonly string[];
  readonly list?: true;
  /** Of each check; all when it is infinite. */
  readonly limit: number;
}

interface SendFlags extends AddressFlags {
  readonly key?: string;
  readonly value?: string;
  readonly header?: readonly string[];
  readonly json?: true;
}

/** Runs a command line, without the name of the program. Never rejects: what goes wrong is said, and is the exit code. */
export async function runOps(words: readonly string[], console: Console): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.fine;
  const finish = async (work: Promise<ExitCode>): Promise<void> => {
    exitCode = await work;
  };
  try {
    await program(console, finish).parseAsync([...words], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.unusable;
    console.note(error instanceof OpsError ? error.message : `unexpected error: ${describe(error)}`);
    return EXIT.unusable;
  }
}

function program(console: Console, finish: (work: Promise<ExitCode>) => Promise<void>): Command {
  const root = new Command('npm run ops --')
    .description('Operate the order processing system.')
    .addHelpText('after', ADDRESSES)
    .addCommand(failedProgram(console, finish))
    .addCommand(auditProgram(console, finish))
    .addCommand(reconcileProgram(console, finish))
    .addCommand(statusProgram(console, finish))
    .addCommand(sendProgram(console, finish));
  behave(root, console);
  return root;
}

function auditProgram(console: Console, finish: (work: Promise<ExitCode>) => Promise<void>): Command {
  const audit = new Command('audit').description('check the audit trails of orders');
  located(
    audit.command('verify').description('check that every trail is complete, unaltered and consistent with its order'),
  )
    .option('--order <id>', 'only this order')
    .option('--since <moment>', 'only orders placed since then: 2h, 7d, or a time')
    .addHelpText('after', '\nExit codes: 0 all trails are valid, 1 some are not, 2 PostgreSQL is unavailable.')
    .action((flags: LookFlags) => {
      const scope = {
        ...(flags.order === undefined ? {} : { orderIds: [orderId(flags.order)] }),
        ...(flags.since === undefined ? {} : { since: momentOf(flags.since, console.now()) }),
      };
      return finish(auditVerify(console, systemAddresses(flags).databaseUrl, scope, flags.json ?? false));
    });
  return audit;
}

function reconcileProgram(console: Console, finish: (work: Promise<ExitCode>) => Promise<void>): Command {
  return located(new Command('reconcile'))
    .description('compare the tables of all services, the ledger of the gateway and the topics')
    .option('--since <moment>', 'only orders placed since then: 2h, 7d, or a time')
    .option('--settle <duration>', 'ignore what changed within this time, as it may be in flight', '60s')
    .option('--only <invariant...>', 'I1, I2, …; see --list')
    .option('--list', 'list the invariants and exit')
    .option('--limit <n>', 'how many findings of each check to print; all are counted, 0 prints all', limit, 10)
    .addHelpText(
      'after',
      '\n--json prints all findings, one per line. Exit codes: 0 everything agrees, 1 there are findings, 2 the check could not run.',
    )
    .action((flags: LookFlags) => {
      const { databaseUrl, kafka } = systemAddresses(flags);
      if (flags.list === true) return finish(Promise.resolve(invariantsReport(console, flags.json ?? false)));
      const options = {
        settleMs: durationMs(flags.settle),
        ...(flags.since === undefined ? {} : { since: momentOf(flags.since, console.now()) }),
        ...(flags.only === undefined ? {} : { invariants: flags.only.map(invariant) }),
      };
      const print = { json: flags.json ?? false, limit: flags.json === true ? Infinity : flags.limit };
      return finish(reconcileCommand(console, { databaseUrl, kafka }, options, print));
    });
}

function statusProgram(console: Console, finish: (work: Promise<ExitCode>) => Promise<void>): Command {
  return located(new Command('status'))
    .description('show health, lag, outboxes, failed messages and open work')
    .addHelpText('after', '\nExit codes: 0 all is well, 1 something needs attention, 2 something is unavailable.')
    .action((flags: LookFlags) => finish(statusCommand(console, systemAddresses(flags), flags.json ?? false)));
}

function sendProgram(console: Console, finish: (work: Promise<ExitCode>) => Promise<void>): Command {
  return new Command('send')
    .description('publish one record exactly as given, valid or not')
    .argument('<topic>')
    .option('--key <text>')
    .option('--value <text>', 'default: no value')
    .option('--header <name=value...>')
    .option('--kafka <host:port,…>')
    .option('--json', 'print JSON instead of a sentence')
    .addHelpText('after', `\nExample\n  npm run ops -- send order_created --key no-order --value '{"broken": '`)
    .action((topic: string, flags: SendFlags) => {
      const { key, value, header: headers = [], json = false } = flags;
      return finish(sendRecord(console, systemAddresses(flags).kafka, { topic, key, value, headers }, json));
    });
}

function located(command: Command): Command {
  return command
    .option('--database-url <url>', 'URL of PostgreSQL, with a role that can read all four schemas')
    .option('--kafka <host:port,…>')
    .option('--json', 'print JSON instead of a table');
}

/** Commands throw instead of ending the process, and write where the console says. */
function behave(command: Command, console: Console): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => console.print(text.trimEnd()),
    writeErr: (text) => console.note(text.trimEnd()),
  });
  for (const child of command.commands) behave(child, console);
}

function limit(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new OpsError(`not a number of findings: ${text}`);
  return value === 0 ? Infinity : value;
}

function orderId(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text.toLowerCase();
  throw new OpsError(`not an order id: ${text}`);
}

function invariant(text: string): Invariant {
  const name = text.toUpperCase();
  if (name in INVARIANTS) return name as Invariant;
  throw new OpsError(`unknown invariant ${text}; expected one of ${Object.keys(INVARIANTS).join(', ')}`);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
