import { Command } from 'commander';
import type { Console } from '../cli/console.ts';
import { durationMs } from '../cli/duration.ts';
import { located, type Finish } from '../cli/options.ts';
import { systemAddresses, type AddressFlags } from '../cli/target.ts';

interface StatusFlags extends AddressFlags {
  readonly json?: true;
  readonly watch?: string | true;
}

export function statusProgram(console: Console, finish: Finish): Command {
  return located(new Command('status'))
    .description('show health, lag, outboxes, failed messages and open work')
    .option('--watch [interval]', 'again and again, in place and with rates; every 2s by default')
    .addHelpText('after', '\nExit codes: 0 all is well, 1 something needs attention, 2 something is unavailable.')
    .action(async (flags: StatusFlags) => {
      const { statusCommand, watchStatus } = await import('./status-command.ts');
      const json = flags.json ?? false;
      if (flags.watch === undefined) return finish(statusCommand(console, systemAddresses(flags), json));
      const intervalMs = durationMs(flags.watch === true ? '2s' : flags.watch);
      return finish(watchStatus(console, systemAddresses(flags), json, intervalMs));
    });
}
