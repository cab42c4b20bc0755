import { Command } from 'commander';
import type { Console } from '../cli/console.ts';
import type { Finish } from '../cli/options.ts';
import { systemAddresses, type AddressFlags } from '../cli/target.ts';

interface SendFlags extends AddressFlags {
  readonly key?: string;
  readonly value?: string;
  readonly header?: readonly string[];
  readonly json?: true;
}

export function sendProgram(console: Console, finish: Finish): Command {
  return new Command('send')
    .description('publish one record exactly as given, valid or not')
    .argument('<topic>')
    .option('--key <text>')
    .option('--value <text>', 'default: no value')
    .option('--header <name=value...>')
    .option('--kafka <host:port,…>')
    .option('--json', 'print JSON instead of a sentence')
    .addHelpText('after', `\nExample\n  ./ops send order_created --key no-order --value '{"broken": '`)
    .action(async (topic: string, flags: SendFlags) => {
      const { sendRecord } = await import('./send-command.ts');
      const { key, value, header: headers = [], json = false } = flags;
      return finish(sendRecord(console, systemAddresses(flags).kafka, { topic, key, value, headers }, json));
    });
}
