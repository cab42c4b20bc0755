import { Command } from 'commander';
import type { Console } from '../cli/console.ts';
import { durationMs, momentOf } from '../cli/duration.ts';
import { OpsError } from '../cli/exit-code.ts';
import { located, type Finish } from '../cli/options.ts';
import { systemAddresses, type AddressFlags } from '../cli/target.ts';
import { INVARIANTS, type Invariant } from './check.ts';

interface ReconcileFlags extends AddressFlags {
  readonly json?: true;
  readonly since?: string;
  readonly settle: string;
  readonly only?: readonly string[];
  readonly list?: true;
  /** Of each check; all when it is infinite. */
  readonly limit: number;
}

export function reconcileProgram(console: Console, finish: Finish): Command {
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
    .action(async (flags: ReconcileFlags) => {
      const { invariantsReport, reconcileCommand } = await import('./reconcile-command.ts');
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

function limit(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new OpsError(`not a number of findings: ${text}`);
  return value === 0 ? Infinity : value;
}

function invariant(text: string): Invariant {
  const name = text.toUpperCase();
  if (name in INVARIANTS) return name as Invariant;
  throw new OpsError(`unknown invariant ${text}; expected one of ${Object.keys(INVARIANTS).join(', ')}`);
}
