import { Command } from 'commander';
import type { Console } from '../cli/console.ts';
import { durationMs } from '../cli/duration.ts';
import type { Finish } from '../cli/options.ts';
import { systemAddresses } from '../cli/target.ts';

interface OrderFlags {
  readonly json?: true;
  readonly mermaid?: true;
  readonly messages?: true;
  readonly raw?: true;
  readonly kafka?: string;
  readonly timeout: string;
}

export function orderProgram(console: Console, finish: Finish): Command {
  return new Command('order')
    .description('show one order over all services: its steps, money, stock, messages, and what it waits for')
    .argument('<order>', 'the id of the order, or its number: 7F3K-29QX')
    .option('--messages', 'with the text of each message to the customer')
    .option('--raw', 'with its events as they are in Kafka')
    .option('--mermaid', 'as a sequence diagram of Mermaid')
    .option('--kafka <host:port,…>', 'for --raw')
    .option('--timeout <duration>', 'how long a service is waited for', '3s')
    .option('--json', 'print JSON instead of text')
    .addHelpText('after', ORDER_HELP)
    .action(async (order: string, flags: OrderFlags) => {
      const { orderCommand } = await import('./order-command.ts');
      return finish(
        orderCommand(console, systemAddresses(flags), order, { ...flags, timeoutMs: durationMs(flags.timeout) }),
      );
    });
}

const ORDER_HELP = `
Examples
  ./ops order 7F3K-29QX
  ./ops order 0197a000-0000-7000-8000-0000000000aa --raw
  ./ops order 7F3K-29QX --mermaid > order.mmd

Exit codes: 0 the order is at rest, 1 it is on its way or needs somebody (the last lines say what), 2 nobody knows it, or
the services do not answer.`;
