import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { paths, postgresData, repository } from './paths.ts';
import { serviceNames, servicePorts, type ServiceName } from './service-names.ts';
import type { StackDirectories, StackPorts } from './stack.ts';

/** The one system a developer runs in this working copy: documented ports, durable data. */
export interface LocalSystem {
  readonly ports: StackPorts;
  /** The services that run in it, with their ports. */
  readonly services: Readonly<Partial<Record<ServiceName, number>>>;
  readonly directories: StackDirectories;
  /** Where Zipkin listens, if traces are to be seen (`OBSERVE`). */
  readonly zipkinPort: number | undefined;
}

/**
 * As with Docker Compose, a port that is taken is moved by `<NAME>_HOST_PORT`, in the environment or in `.env`:
 * `POSTGRES_HOST_PORT=5433 ./start-system.sh`. Services named in `START_WITHOUT`, separated by spaces, are left out: a
 * developer runs those from source. With `OBSERVE=yes` there is a Zipkin, and the services send it their traces.
 */
export function localSystem(): LocalSystem {
  const port = hostPorts();
  const without = new Set(process.env.START_WITHOUT?.split(' '));
  const services = serviceNames
    .filter((name) => !without.has(name))
    .map((name) => [name, port(name, servicePorts[name])] as const);
  return {
    ports: {
      zookeeper: port('zookeeper', 2181),
      kafka: port('kafka', 9092),
      postgres: port('postgres', 5432),
      redis: port('redis', 6379),
      smtp: port('smtp', 1025),
      mail: port('maildev', 1080),
    },
    services: Object.fromEntries(services),
    zipkinPort: process.env.OBSERVE === 'yes' ? port('zipkin', 9411) : undefined,
    directories: {
      run: paths.run,
      logs: paths.logs,
      data: paths.data,
      postgres: postgresData,
    },
  };
}

/** The port of a service, whether it is to be started or is left out. */
export function servicePort(name: ServiceName): number {
  return hostPorts()(name, servicePorts[name]);
}

function hostPorts(): (name: string, documented: number) => number {
  const settings = { ...environmentFile(), ...process.env };
  return (name, documented) => {
    const variable = hostPortVariable(name);
    // With Docker it may be a range, for replicas: one of them has the first port.
    const value = Number(String(settings[variable] ?? documented).split('-')[0]);
    if (Number.isInteger(value) && value > 0 && value < 65_536) return value;
    throw new Error(`${variable} is not a port number: ${settings[variable] ?? ''}`);
  };
}

export function hostPortVariable(name: string): string {
  return `${name.toUpperCase().replace('-', '_')}_HOST_PORT`;
}

function environmentFile(): NodeJS.Dict<string> {
  const file = join(repository, '.env');
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
}
