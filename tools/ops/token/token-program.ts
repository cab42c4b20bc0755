import { Command } from 'commander';
import type { Console } from '../cli/console.ts';
import { durationMs } from '../cli/duration.ts';
import type { Finish } from '../cli/options.ts';

interface TokenFlags {
  readonly role: readonly string[];
  readonly for: string;
}

export function tokenProgram(console: Console, finish: Finish): Command {
  return new Command('token')
    .description('print an access token for the local system')
    .argument('<subject>', 'whom it names, such as alice; the user_id of a customer')
    .requiredOption('--role <role...>', 'customer, support, operator, admin, service')
    .option('--for <duration>', 'how long it is valid', '1h')
    .addHelpText(
      'after',
      `
Examples
  curl -H "Authorization: Bearer $(./ops token alice --role customer)" http://localhost:8001/orders
  export OPS_TOKEN=$(./ops token olga --role operator)    # for ./ops itself

Services ask for a token when they are started with AUTHENTICATION=required ./start-system.sh --native.`,
    )
    .action(async (subject: string, { role, for: duration }: TokenFlags) => {
      const { printToken } = await import('./token-command.ts');
      return finish(printToken(console, { subject, roles: role, lifetimeMs: durationMs(duration) }));
    });
}
