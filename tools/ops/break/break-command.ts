import { localAddresses } from '../../stack/addresses.ts';
import type { ServiceName } from '../../stack/service-names.ts';
import { printJson, type Console } from '../cli/console.ts';
import { EXIT, type ExitCode } from '../cli/exit-code.ts';
import { countOf } from '../cli/table.ts';
import type { LocalSystem } from './breakable.ts';
import { forgeTrail, releaseBug } from './forgeries.ts';
import { componentOf, localSystem } from './local-system.ts';

/** What is to be broken, or repaired. Durations in milliseconds, shares and rates from 0 to 1. */
export type Damage =
  | { readonly do: 'kill' | 'pause' | 'resume'; readonly component: string }
  | { readonly do: 'slow'; readonly component: string; readonly forMs: number; readonly share: number }
  | {
      readonly do: 'gateway';
      readonly how: 'fail' | 'slow' | 'normal';
      readonly failureRate: number;
      readonly latencyMs: number;
    }
  | { readonly do: 'smtp'; readonly how: 'away' | 'back' }
  | { readonly do: 'release'; readonly which: 'bad' | 'fixed' }
  | { readonly do: 'trail'; readonly order: string; readonly undo: boolean }
  | { readonly do: 'scale'; readonly service: ServiceName; readonly processes: number };

/** Carries it out on the local system, and says what was done and how it ends. @throws OpsError when it cannot be done */
export async function breakCommand(console: Console, damage: Damage, json: boolean): Promise<ExitCode> {
  const system = await localSystem();
  const told = await carryOut(console, system, damage);
  if (json) printJson(console, { ...damage, system: system.kind, told });
  else console.print(told);
  return EXIT.fine;
}

function carryOut(console: Console, system: LocalSystem, damage: Damage): Promise<string> {
  switch (damage.do) {
    case 'kill':
    case 'pause':
    case 'resume':
      return signal(system, damage.do, componentOf(system, damage.component));
    case 'slow':
      return slow(console, system, damage);
    case 'gateway':
      return gateway(system, damage);
    case 'smtp':
      return smtp(system, damage.how);
    case 'release':
      return releaseBug(localAddresses().database, damage.which);
    case 'trail':
      return forgeTrail(localAddresses().database, damage.order, damage.undo);
    case 'scale':
      return scale(system, damage);
  }
}

async function signal(system: LocalSystem, kind: 'kill' | 'pause' | 'resume', component: string): Promise<string> {
  await system[kind](component);
  if (kind === 'kill') return `${component} is killed; it is started again by itself`;
  return kind === 'pause' ? `${component} is frozen until: ./ops break resume ${component}` : `${component} goes on`;
}

async function slow(
  console: Console,
  system: LocalSystem,
  { component: name, forMs, share }: Extract<Damage, { do: 'slow' }>,
): Promise<string> {
  const component = componentOf(system, name);
  const end = console.now().getTime() + forMs;
  console.note(`${component} stands still for ${Math.round(share * 100)} % of the time; Ctrl-C ends it`);
  let going = true;
  while (going && console.now().getTime() < end) {
    try {
      await system.pause(component);
      going = await console.pause(system.turnMs * share);
    } finally {
      // Whatever happens, it does not stay frozen.
      await system.resume(component);
    }
    going &&= await console.pause(Math.max(1, system.turnMs * (1 - share)));
  }
  return `${component} goes on`;
}

async function gateway(
  system: LocalSystem,
  { how, failureRate, latencyMs }: Extract<Damage, { do: 'gateway' }>,
): Promise<string> {
  await system.restart('payment-service', {
    PAYMENT_SIMULATOR_FAILURE_RATE: String(failureRate),
    PAYMENT_SIMULATOR_LATENCY_MS: String(latencyMs),
  });
  if (how === 'normal') return 'payment-service was started again with a gateway that works';
  const what =
    how === 'fail' ? `fails in ${failureRate * 100} % of the calls that move money` : `needs ${latencyMs} ms`;
  return `payment-service was started again with a gateway that ${what}, until: ./ops break gateway normal`;
}

async function smtp(system: LocalSystem, how: 'away' | 'back'): Promise<string> {
  await (how === 'away' ? system.stop(system.mailServer) : system.start(system.mailServer));
  return how === 'away' ? 'the mail server is away until: ./ops break smtp back' : 'the mail server is back';
}

async function scale(system: LocalSystem, { service, processes }: Extract<Damage, { do: 'scale' }>): Promise<string> {
  const hint = await system.scale(service, processes);
  return `${service} runs in ${countOf(processes, 'process', 'processes')}${hint === undefined ? '' : `; ${hint}`}`;
}
