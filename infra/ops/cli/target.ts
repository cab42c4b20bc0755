import { localSystem } from '../../local/local-system.ts';
import { postgresUrl } from '../../local/postgres.ts';
import { readState } from '../../local/run-state.ts';
import { serviceUrl } from '../../local/services.ts';
import { serviceNames, servicePorts, type ServiceName } from '../../local/service-names.ts';
import { OpsError } from './exit-code.ts';

/** Where the system is. */
export interface SystemAddresses {
  readonly services: Readonly<Record<ServiceName, string>>;
  readonly databaseUrl: string;
  readonly kafka: readonly string[];
}

/** What flags may say, beyond the environment. */
export interface AddressFlags {
  readonly databaseUrl?: string;
  readonly kafka?: string;
}

/**
 * Flags before environment (`ORDER_SERVICE_URL`, …, `OPS_DATABASE_URL` or `DATABASE_URL`, `KAFKA_BOOTSTRAP_SERVERS`) before
 * the ports of the local system, as `start-system.sh` has them.
 */
export function systemAddresses(flags: AddressFlags, environment: NodeJS.ProcessEnv = process.env): SystemAddresses {
  const local = localSystem();
  const running = readState()?.urls ?? {};
  const urlOf = (name: ServiceName): string => {
    const variable = `${name.toUpperCase().replace('-', '_')}_URL`;
    return checked(
      variable,
      environment[variable] ?? running[name] ?? serviceUrl(local.services[name] ?? servicePorts[name]),
    );
  };
  return {
    services: Object.fromEntries(serviceNames.map((name) => [name, urlOf(name)])) as Record<ServiceName, string>,
    databaseUrl:
      flags.databaseUrl ??
      environment['OPS_DATABASE_URL'] ??
      environment['DATABASE_URL'] ??
      postgresUrl(local.ports.postgres),
    kafka: (flags.kafka ?? environment['KAFKA_BOOTSTRAP_SERVERS'] ?? `127.0.0.1:${local.ports.kafka}`).split(','),
  };
}

/** The services of a `--service` flag, given once or more; all of them by default. @throws OpsError */
export function servicesNamed(names: readonly string[] | undefined): readonly ServiceName[] {
  if (names === undefined || names.length === 0) return serviceNames;
  return names.map((name) => {
    const service = serviceNames.find((known) => known === name || known === `${name}-service`);
    if (service === undefined) throw new OpsError(`there is no ${name}: ${serviceNames.join(', ')}`);
    return service;
  });
}

function checked(variable: string, url: string): string {
  if (!URL.canParse(url)) throw new OpsError(`${variable} is not a URL: ${url}`);
  return url.replace(/\/+$/, '');
}
