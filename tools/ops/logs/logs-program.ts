import { Command } from 'commander';
import type { Console } from '../cli/console.ts';
import type { Finish } from '../cli/options.ts';

interface LogsFlags {
  readonly json?: true;
  readonly docker?: true;
  readonly directory?: string;
}

export function logsProgram(console: Console, finish: Finish): Command {
  return new Command('logs')
    .description('print what the four services logged of one order, in the order of time')
    .argument('<order>', 'the id of the order, or its number: 7F3K-29QX')
    .option('--docker', 'read the logs of the containers; by default those of the native system, if there are any')
    .option('--directory <path>', 'read all *.log files of a directory')
    .option('--json', 'print the lines as they were logged')
    .addHelpText('after', LOGS_HELP)
    .action(async (order: string, flags: LogsFlags) => {
      const { logsCommand } = await import('./logs-command.ts');
      return finish(logsCommand(console, order, flags));
    });
}

const LOGS_HELP = `
Examples
  ./ops logs 7F3K-29QX
  ./ops logs 0197a000-0000-7000-8000-0000000000aa --json | jq .message

Exit codes: 0 it was logged, 1 no line is about this order, 2 wrong usage, or there are no logs.`;
