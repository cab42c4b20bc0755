import { Command } from 'commander';
import type { Console } from '../cli/console.ts';
import { momentOf } from '../cli/duration.ts';
import { located, orderId, type Finish } from '../cli/options.ts';
import { systemAddresses, type AddressFlags } from '../cli/target.ts';

interface AuditFlags extends AddressFlags {
  readonly json?: true;
  readonly order?: string;
  readonly since?: string;
}

export function auditProgram(console: Console, finish: Finish): Command {
  const audit = new Command('audit').description('check the audit trails of orders');
  located(
    audit.command('verify').description('check that every trail is complete, unaltered and consistent with its order'),
  )
    .option('--order <id>', 'only this order')
    .option('--since <moment>', 'only orders placed since then: 2h, 7d, or a time')
    .addHelpText('after', '\nExit codes: 0 all trails are valid, 1 some are not, 2 PostgreSQL is unavailable.')
    .action(async (flags: AuditFlags) => {
      const scope = {
        ...(flags.order === undefined ? {} : { orderIds: [orderId(flags.order)] }),
        ...(flags.since === undefined ? {} : { since: momentOf(flags.since, console.now()) }),
      };
      const { auditVerify } = await import('./audit-command.ts');
      return finish(auditVerify(console, systemAddresses(flags).databaseUrl, scope, flags.json ?? false));
    });
  return audit;
}
