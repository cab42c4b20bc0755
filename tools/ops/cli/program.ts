import { Command, CommanderError } from 'commander';
import { auditProgram } from '../audit/audit-program.ts';
import { breakProgram, scaleProgram } from '../break/break-program.ts';
import { failedProgram } from '../desk/failed-program.ts';
import { logsProgram } from '../logs/logs-program.ts';
import { orderProgram } from '../order/order-program.ts';
import { reconcileProgram } from '../reconcile/reconcile-program.ts';
import { sendProgram } from '../send/send-program.ts';
import { sqlProgram } from '../sql/sql-program.ts';
import { statusProgram } from '../status/status-program.ts';
import { tokenProgram } from '../token/token-program.ts';
import { groupsProgram, readProgram, topicsProgram } from '../topics/topics-program.ts';
import type { Console } from './console.ts';
import { EXIT, OpsError, type ExitCode } from './exit-code.ts';
import type { Finish, Program } from './options.ts';

const PROGRAMS: readonly Program[] = [
  ...[statusProgram, orderProgram, logsProgram, failedProgram, auditProgram, reconcileProgram],
  ...[topicsProgram, groupsProgram, readProgram, sendProgram, sqlProgram],
  ...[scaleProgram, breakProgram, tokenProgram],
];

const ADDRESSES = `
The default is the system on the local ports. For another one set ORDER_SERVICE_URL, PAYMENT_SERVICE_URL,
INVENTORY_SERVICE_URL, NOTIFICATION_SERVICE_URL, OPS_DATABASE_URL (as administrator) and KAFKA_BOOTSTRAP_SERVERS.
Where services ask for credentials, OPS_TOKEN has yours: an access token with the role operator or admin.`;

/** Runs a command line, without the name of the program. Never rejects: what goes wrong is said, and is the exit code. */
export async function runOps(words: readonly string[], console: Console): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.fine;
  const finish = async (work: Promise<ExitCode>): Promise<void> => {
    exitCode = await work;
  };
  try {
    await root(console, finish).parseAsync([...words], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.unusable;
    console.note(error instanceof OpsError ? error.message : `unexpected error: ${describe(error)}`);
    return EXIT.unusable;
  }
}

function root(console: Console, finish: Finish): Command {
  const command = new Command('./ops')
    .description('Operate the order processing system.')
    .addHelpText('after', ADDRESSES);
  for (const program of PROGRAMS) command.addCommand(program(console, finish));
  behave(command, console);
  return command;
}

/** Commands throw instead of ending the process, and write where the console says. */
function behave(command: Command, console: Console): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => console.print(text.trimEnd()),
    writeErr: (text) => console.note(text.trimEnd()),
  });
  for (const child of command.commands) behave(child, console);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
