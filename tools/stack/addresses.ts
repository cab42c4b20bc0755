import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { localSystem, servicePort } from './local-system.ts';
import { loopback } from './ports.ts';
import { postgresUrl, serviceUrl } from './urls.ts';
import { ownerOf } from './run-record.ts';
import { readState } from './run-state.ts';
import { roleOf, serviceNames, type ServiceName } from './service-names.ts';
import { paths } from './paths.ts';
import { tracingEnv } from './tracing-env.ts';

/** Where the one system of this working copy is. */
export interface LocalAddresses {
  /** Base URLs. */
  readonly services: Readonly<Record<ServiceName, string>>;
  /** PostgreSQL, as its superuser. */
  readonly database: string;
  /** Kafka's bootstrap servers. */
  readonly kafka: string;
  readonly redis: string;
  readonly smtp: string;
  /** The page that shows traces, where the system that runs has one. */
  readonly traces?: string;
}

/**
 * The addresses of the native system that runs, whatever ports it was started with; without one, those that `start-system.sh`
 * and Docker Compose would use: the documented ports, as far as the environment or `.env` does not move them.
 */
export function localAddresses(): LocalAddresses {
  const { ports } = localSystem();
  const running: Readonly<Record<string, string>> = ownerOf(paths.run) === undefined ? {} : (readState()?.urls ?? {});
  const at = (port: number): string => `${loopback}:${String(port)}`;
  return {
    services: Object.fromEntries(
      serviceNames.map((name) => [name, running[name] ?? serviceUrl(portFromSource(name) ?? servicePort(name))]),
    ) as Record<ServiceName, string>,
    database: running.database ?? postgresUrl(ports.postgres),
    kafka: running.kafka ?? at(ports.kafka),
    redis: running.redis ?? `redis://${at(ports.redis)}`,
    smtp: running.smtp ?? `smtp://${at(ports.smtp)}`,
    ...(running.traces !== undefined && { traces: running.traces }),
  };
}

/** The port of a service that was left out of the system that runs, from the environment written down for it. */
function portFromSource(service: ServiceName): number | undefined {
  const file = join(paths.run, `${service}.env`);
  const port = existsSync(file) ? Number(parseEnv(readFileSync(file, 'utf8')).PORT) : NaN;
  return Number.isInteger(port) ? port : undefined;
}

/** The environment with which a service that is run from source joins the local system. */
export function environmentOf(service: ServiceName): Record<string, string> {
  const { services, database, kafka, redis, smtp, traces } = localAddresses();
  const own = new URL(database);
  own.username = own.password = roleOf(service);
  return {
    PORT: new URL(services[service]).port,
    KAFKA_BOOTSTRAP_SERVERS: kafka,
    DATABASE_URL: own.toString(),
    REDIS_URL: redis,
    ...(service === 'notification-service' && { SMTP_URL: smtp, DEVELOPMENT_EMAIL_DOMAIN: 'example.test' }),
    ...(traces !== undefined && tracingEnv(Number(new URL(traces).port))),
  };
}
