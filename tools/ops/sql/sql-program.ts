import { Command } from 'commander';
import type { Console } from '../cli/console.ts';
import { durationMs } from '../cli/duration.ts';
import { count, type Finish } from '../cli/options.ts';
import { systemAddresses, type AddressFlags } from '../cli/target.ts';

interface SqlFlags extends AddressFlags {
  readonly json?: true;
  readonly max: number;
  readonly timeout: string;
}

export function sqlProgram(console: Console, finish: Finish): Command {
  return new Command('sql')
    .description('ask PostgreSQL one question, in a transaction that can change no table')
    .argument('<select>', 'one statement; name the schema: order_service.orders')
    .option('--max <n>', 'maximum number of rows', count, 100)
    .option('--timeout <duration>', 'when PostgreSQL gives up', '10s')
    .option('--database-url <url>', 'URL of PostgreSQL, with a role that can read all four schemas')
    .option('--json', 'print JSON instead of a table')
    .addHelpText('after', SQL_HELP)
    .action(async (statement: string, flags: SqlFlags) => {
      const { sqlCommand } = await import('./sql-command.ts');
      const { databaseUrl } = systemAddresses(flags);
      const options = { max: flags.max, timeoutMs: durationMs(flags.timeout), json: flags.json ?? false };
      return finish(sqlCommand(console, databaseUrl, statement, options));
    });
}

const SQL_HELP = `
Examples
  ./ops sql "SELECT status, count(*) FROM order_service.orders GROUP BY 1"
  ./ops sql "EXPLAIN ANALYZE SELECT * FROM payment_service.payments WHERE status = 'unknown'"

Exit codes: 0 it was answered, 2 it was refused or PostgreSQL is unavailable.`;
