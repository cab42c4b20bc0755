import { localAddresses } from '../../stack/addresses.ts';
import { serviceNames, type ServiceName } from '../../stack/service-names.ts';
import { OpsError } from './exit-code.ts';

/** Where the system is. */
export interface SystemAddresses {
  readonly services: Readonly<Record<ServiceName, string>>;
  readonly databaseUrl: string;
  readonly kafka: readonly string[];
  /** Zipkin's page, if the system has one. */
  readonly traces?: string;
}

/** What flags may say, beyond the environment. */
export interface AddressFlags {
  readonly databaseUrl?: string;
  readonly kafka?: string;
}

/**
 * Flags before environment (`ORDER_SERVICE_URL`, …, `OPS_DATABASE_URL` or `DATABASE_URL`, `KAFKA_BOOTSTRAP_SERVERS`) before
 * the system of this working copy: where it runs, or else the ports with which it would be started.
 */
export function systemAddresses(flags: AddressFlags, environment: NodeJS.ProcessEnv = process.env): SystemAddresses {
  const local = localAddresses();
  const urlOf = (name: ServiceName): string => {
    const variable = `${name.toUpperCase().replace('-', '_')}_URL`;
    return checked(variable, environment[variable] ?? local.services[name]);
  };
  return {
    services: Object.fromEntries(serviceNames.map((name) => [name, urlOf(name)])) as Record<ServiceName, string>,
    databaseUrl: flags.databaseUrl ?? environment['OPS_DATABASE_URL'] ?? environment['DATABASE_URL'] ?? local.database,
    kafka: (flags.kafka ?? environment['KAFKA_BOOTSTRAP_SERVERS'] ?? local.kafka).split(','),
    ...(local.traces !== undefined && { traces: local.traces }),
  };
}

/** Where it is, on one line, without passwords: whoever has several systems sees which one answers. */
export function describeAddresses({ services, databaseUrl, kafka }: SystemAddresses): string {
  const database = URL.canParse(databaseUrl) ? new URL(databaseUrl).host : 'the given database';
  const hosts = serviceNames.map((name) => new URL(services[name]).host);
  return `services ${hosts.join(', ')}; PostgreSQL ${database}; Kafka ${kafka.join(',')}`;
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
