import { ask } from '../cli/ask.ts';
import { serviceNames, type ServiceName } from '../../stack/service-names.ts';
import { withDatabase } from '../cli/database.ts';
import type { SystemAddresses } from '../cli/target.ts';
import { backlogOf, workOf, type Backlog, type Work } from './backlog.ts';
import { consumerLag, type Lag } from './lag.ts';

/** What a service says of itself; `unreachable` when it says nothing. */
export interface Health {
  readonly service: ServiceName;
  readonly status: 'up' | 'degraded' | 'down' | 'unreachable';
  readonly dependencies: Readonly<Record<string, string>>;
}

/** The state of the system at one look. */
export interface Status {
  readonly health: readonly Health[];
  /** Absent when PostgreSQL does not answer. */
  readonly backlog?: readonly Backlog[];
  readonly work?: Work;
  /** Absent when Kafka does not answer. */
  readonly lag?: readonly Lag[];
}

/** Asks everybody at once, each within seconds. What does not answer is told to `note`, and left out. */
export async function statusOf(addresses: SystemAddresses, note: (text: string) => void): Promise<Status> {
  const [health, tables, lag] = await Promise.all([
    Promise.all(serviceNames.map((service) => healthOf(service, addresses.services[service]))),
    orNote(
      note,
      withDatabase(addresses.databaseUrl, async (client) => [await backlogOf(client), await workOf(client)] as const),
    ),
    orNote(note, consumerLag(addresses.kafka), `Kafka does not answer at ${addresses.kafka.join()}`),
  ]);
  return {
    health,
    ...(tables === undefined ? {} : { backlog: tables[0] }),
    ...(tables?.[1] === undefined ? {} : { work: tables[1] }),
    ...(lag === undefined ? {} : { lag }),
  };
}

async function healthOf(service: ServiceName, url: string): Promise<Health> {
  try {
    // 503 carries the same body: it says what is down.
    const response = await ask(`${url}/health`, { signal: AbortSignal.timeout(5_000) });
    const body = (await response.json()) as {
      status?: Health['status'];
      dependencies?: Record<string, { status: string }>;
    };
    const dependencies = Object.entries(body.dependencies ?? {}).map(([name, { status }]) => [name, status] as const);
    return { service, status: body.status ?? 'down', dependencies: Object.fromEntries(dependencies) };
  } catch {
    return { service, status: 'unreachable', dependencies: {} };
  }
}

async function orNote<Result>(
  tell: (text: string) => void,
  work: Promise<Result>,
  note?: string,
): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    tell(note ?? (error instanceof Error ? error.message : String(error)));
    return undefined;
  }
}
