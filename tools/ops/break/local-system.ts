import { localAddresses } from '../../stack/addresses.ts';
import { runningComponents } from '../../stack/signals.ts';
import type { ServiceName } from '../../stack/service-names.ts';
import { OpsError } from '../cli/exit-code.ts';
import { systemAddresses } from '../cli/target.ts';
import { dockerSystem } from './docker-system.ts';
import { nativeSystem } from './native-system.ts';

/** The system of this working copy, as far as it may be damaged and repaired. What cannot be done is an OpsError. */
export interface LocalSystem {
  readonly kind: 'native' | 'Docker';
  /** Components by name; the mail server is `maildev` or `mailpit`. */
  readonly components: readonly string[];
  readonly mailServer: string;
  /** At once and completely; it is started again by itself. */
  kill(component: string): Promise<void>;
  /** Freezes all of its processes; connections stay open. */
  pause(component: string): Promise<void>;
  resume(component: string): Promise<void>;
  /** Milliseconds of one turn of standing still and going on, for `slow`. */
  readonly turnMs: number;
  stop(component: string): Promise<void>;
  start(component: string): Promise<void>;
  /** Starts a service again with these variables. */
  restart(service: ServiceName, env: Readonly<Record<string, string>>): Promise<void>;
  /** @returns a hint for the person, if there is one */
  scale(service: ServiceName, processes: number): Promise<string | undefined>;
}

/**
 * The local system that runs, natively or in Docker.
 * @throws OpsError when none runs, or when the environment speaks of another one: nobody breaks that by mistake
 */
export async function localSystem(): Promise<LocalSystem> {
  refuseElsewhere();
  const components = runningComponents();
  if (components.length > 0) return nativeSystem(components);
  const docker = await dockerSystem();
  if (docker === undefined)
    throw new OpsError('no system of this working copy is running; start it: ./start-system.sh');
  return docker;
}

function refuseElsewhere(): void {
  const local = localAddresses();
  const { services, databaseUrl, kafka } = systemAddresses({});
  const elsewhere = [
    ...Object.entries(services).filter(([name, url]) => local.services[name as ServiceName] !== url),
    ...(databaseUrl === local.database ? [] : [['PostgreSQL', 'OPS_DATABASE_URL or DATABASE_URL']]),
    ...(kafka.join() === local.kafka ? [] : [['Kafka', kafka.join()]]),
  ];
  if (elsewhere.length === 0) return;
  const what = elsewhere.map(([name, where]) => `${name} (${where})`).join(', ');
  throw new OpsError(
    `refused: the environment names another system than that of this working copy: ${what}; unset its variables to go on`,
  );
}

/** @throws OpsError when there is none of that name */
export function componentOf(system: LocalSystem, name: string): string {
  const known = ['maildev', 'mailpit', 'smtp'].includes(name) ? system.mailServer : name;
  if (system.components.includes(known)) return known;
  throw new OpsError(`unknown component ${name}; expected one of ${system.components.join(', ')}`);
}
