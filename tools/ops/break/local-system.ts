import { localAddresses } from '../../stack/addresses.ts';
import { runningComponents } from '../../stack/signals.ts';
import type { ServiceName } from '../../stack/service-names.ts';
import { OpsError } from '../cli/exit-code.ts';
import { systemAddresses } from '../cli/target.ts';
import type { LocalSystem } from './breakable.ts';
import { dockerSystem } from './docker-system.ts';
import { nativeSystem } from './native-system.ts';

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
