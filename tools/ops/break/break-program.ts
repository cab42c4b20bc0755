import { Argument, Command } from 'commander';
import type { Console } from '../cli/console.ts';
import { durationMs } from '../cli/duration.ts';
import { OpsError, type ExitCode } from '../cli/exit-code.ts';
import { count, orderId, type Finish } from '../cli/options.ts';
import { serviceNames, type ServiceName } from '../../stack/service-names.ts';
import type { Damage } from './break-command.ts';

interface BreakFlags {
  readonly json?: true;
  readonly for: string;
  readonly share: number;
  readonly rate: number;
  readonly latency: string;
  readonly undo?: true;
}

const HELP = `
Works on the system of this working copy only, native or in Docker, and reaches only what its supervisor, or Compose, has started.

Examples
  ./ops break kill payment-service
  ./ops break pause kafka             and later: ./ops break resume kafka
  ./ops break slow postgres --for 20s
  ./ops break gateway fail            and later: ./ops break gateway normal
  ./ops break smtp away               and later: ./ops break smtp back

Exit codes: 0 it is done, 2 it was refused or could not be done.`;

/** `break …`: faults to watch and to train with. */
export function breakProgram(console: Console, finish: Finish): Command {
  const program = new Command('break').description('break the local system, and repair it').addHelpText('after', HELP);
  const carryOut = (damage: Damage, flags: BreakFlags): Promise<void> =>
    finish(import('./break-command.ts').then(({ breakCommand }) => breakCommand(console, damage, flags.json ?? false)));
  signals(program, carryOut);
  outside(program, carryOut);
  data(program, carryOut);
  for (const command of program.commands) command.option('--json', 'print JSON instead of a sentence');
  return program;
}

/** `scale …`: more processes of a service, or fewer. */
export function scaleProgram(console: Console, finish: Finish): Command {
  return new Command('scale')
    .description('run a service of the local system in so many processes')
    .argument('<service>', serviceNames.join(', '))
    .argument('<processes>', '1 to 6, as topics have six partitions', count)
    .option('--json', 'print JSON instead of a sentence')
    .addHelpText('after', '\nExit codes: 0 they run, 2 they could not be started.')
    .action((name: string, processes: number, flags: { json?: true }) => {
      if (processes > 6)
        throw new OpsError('at most 6: a topic has six partitions, and a seventh process would have none');
      const damage = { do: 'scale', service: serviceNamed(name), processes } as const;
      return finish(
        import('./break-command.ts').then(({ breakCommand }): Promise<ExitCode> =>
          breakCommand(console, damage, flags.json ?? false),
        ),
      );
    });
}

type CarryOut = (damage: Damage, flags: BreakFlags) => Promise<void>;

function signals(program: Command, carryOut: CarryOut): void {
  const says = {
    kill: 'end it at once, without a warning; it is started again by itself',
    pause: 'freeze it: connections stay open, nothing is answered',
    resume: 'let it go on',
  } as const;
  for (const kind of ['kill', 'pause', 'resume'] as const) {
    program
      .command(kind)
      .description(says[kind])
      .argument('<component>')
      .action((component: string, flags: BreakFlags) => carryOut({ do: kind, component }, flags));
  }
  program
    .command('slow')
    .description('let it stand still for a share of the time, until then or until Ctrl-C')
    .argument('<component>')
    .option('--for <duration>', 'how long', '30s')
    .option('--share <percent>', 'of the time in which it stands still', percent, 90)
    .action((component: string, flags: BreakFlags) =>
      carryOut({ do: 'slow', component, forMs: durationMs(flags.for), share: flags.share / 100 }, flags),
    );
}

function outside(program: Command, carryOut: CarryOut): void {
  program
    .command('gateway')
    .description(
      'have the simulated payment gateway fail, be slow, or be normal again; payment-service is started again',
    )
    .addArgument(new Argument('<how>').choices(['fail', 'slow', 'normal']))
    .option('--rate <percent>', 'of the calls that fail, half of them after they have moved money', percent, 100)
    .option('--latency <duration>', 'how long it takes for an answer when it is slow', '4s')
    .action((how: 'fail' | 'slow' | 'normal', flags: BreakFlags) =>
      carryOut(
        {
          do: 'gateway',
          how,
          failureRate: how === 'fail' ? flags.rate / 100 : 0,
          latencyMs: how === 'slow' ? durationMs(flags.latency) : 0,
        },
        flags,
      ),
    );
  program
    .command('smtp')
    .description('take the local mail server away, with the mails it has caught, and bring it back')
    .addArgument(new Argument('<how>').choices(['away', 'back']))
    .action((how: 'away' | 'back', flags: BreakFlags) => carryOut({ do: 'smtp', how }, flags));
}

function data(program: Command, carryOut: CarryOut): void {
  program
    .command('release')
    .description('“deploy” a bug: PostgreSQL refuses what inventory-service stores about HEADSET001; and its fix')
    .addArgument(new Argument('<which>').choices(['bad', 'fixed']))
    .action((which: 'bad' | 'fixed', flags: BreakFlags) => carryOut({ do: 'release', which }, flags));
  program
    .command('trail')
    .description('forge the second entry of the audit trail of an order')
    .argument('<order id>')
    .option('--undo', 'put back what was there')
    .action((order: string, flags: BreakFlags) =>
      carryOut({ do: 'trail', order: orderId(order), undo: flags.undo ?? false }, flags),
    );
}

function percent(text: string): number {
  const value = Number(text.replace(/%$/, ''));
  if (!(value > 0 && value <= 100)) throw new OpsError(`not a share of 1 to 100 percent: ${text}`);
  return value;
}

function serviceNamed(name: string): ServiceName {
  const service = serviceNames.find((known) => known === name || known === `${name}-service`);
  if (service === undefined) throw new OpsError(`there is no ${name}: ${serviceNames.join(', ')}`);
  return service;
}
