import { InvalidArgumentError, type Command } from 'commander';
import type { Console } from './console.ts';
import { OpsError, type ExitCode } from './exit-code.ts';

/** Takes the work of a command, and its exit code once it has one. */
export type Finish = (work: Promise<ExitCode>) => Promise<void>;

/** Defines a command with its options. What carries it out is loaded when it is called: `--help` needs none of it. */
export type Program = (console: Console, finish: Finish) => Command;

/** For commands that ask PostgreSQL and Kafka. */
export function located(command: Command): Command {
  return command
    .option('--database-url <url>', 'URL of PostgreSQL, with a role that can read all four schemas')
    .option('--kafka <host:port,…>')
    .option('--json', 'print JSON instead of a table');
}

/** A whole number above zero, as commander wants it read. */
export function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number above 0');
  return value;
}

/** @throws OpsError when it is no UUID */
export function orderId(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text.toLowerCase();
  throw new OpsError(`not an order id: ${text}`);
}
