import { serviceNames, type ServiceName } from '../../stack/service-names.ts';
import { printJson, type Console } from '../cli/console.ts';
import { withDatabase } from '../cli/database.ts';
import { approximately } from '../cli/duration.ts';
import { EXIT, type ExitCode } from '../cli/exit-code.ts';
import { table, type Cell } from '../cli/table.ts';
import { describeAddresses, type SystemAddresses } from '../cli/target.ts';
import { backlogOf, workOf, type Backlog, type Work } from './backlog.ts';
import { consumerLag, type Lag } from './lag.ts';

/** An outbox that is older than this does not only wait for its turn. */
const LATE_MS = 60_000;

const HEADINGS = 'SERVICE,HEALTH,NOT UP,LAG,OUTBOX,OLDEST,RETRYING,WAITING,DEAD,QUARANTINED'.split(',');

/** What a service says of itself; `unreachable` when it says nothing. */
interface Health {
  readonly service: ServiceName;
  readonly status: 'up' | 'degraded' | 'down' | 'unreachable';
  readonly dependencies: Readonly<Record<string, string>>;
}

interface Status {
  readonly health: readonly Health[];
  /** Absent when PostgreSQL does not answer. */
  readonly backlog?: readonly Backlog[];
  readonly work?: Work;
  /** Absent when Kafka does not answer. */
  readonly lag?: readonly Lag[];
}

/** Everything about the state of the system at one look. Exit code 1: something needs a look; 2: something is silent. */
export async function statusCommand(console: Console, addresses: SystemAddresses, json: boolean): Promise<ExitCode> {
  const [health, tables, lag] = await Promise.all([
    Promise.all(serviceNames.map((service) => healthOf(service, addresses.services[service]))),
    orNote(
      console,
      withDatabase(addresses.databaseUrl, async (client) => [await backlogOf(client), await workOf(client)] as const),
    ),
    orNote(console, consumerLag(addresses.kafka), `Kafka does not answer at ${addresses.kafka.join()}`),
  ]);
  const status: Status = {
    health,
    ...(tables === undefined ? {} : { backlog: tables[0] }),
    ...(tables?.[1] === undefined ? {} : { work: tables[1] }),
    ...(lag === undefined ? {} : { lag }),
  };
  if (json) printJson(console, status);
  else console.print(`${describeAddresses(addresses)}\n\n${report(status)}`);
  return exitOf(status);
}

async function healthOf(service: ServiceName, url: string): Promise<Health> {
  try {
    // 503 carries the same body: it says what is down.
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) });
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

async function orNote<Result>(console: Console, work: Promise<Result>, note?: string): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    console.note(note ?? (error instanceof Error ? error.message : String(error)));
    return undefined;
  }
}

function report({ health, backlog, work, lag }: Status): string {
  const rows = health.map((one) => [
    ...healthCells(one, lag),
    ...backlogCells(backlog?.find(({ service }) => service === one.service)),
  ]);
  const parts = [table(HEADINGS, rows)];
  const behind = (lag ?? []).filter(({ records }) => records > 0);
  if (behind.length > 0) {
    parts.push(
      table(
        ['CONSUMER', 'TOPIC', 'LAG'],
        behind.map(({ service, topic, records }) => [service, topic, records]),
      ),
    );
  }
  if (work !== undefined) parts.push(workReport(work));
  return parts.join('\n\n');
}

function healthCells({ service, status, dependencies }: Health, lag: Status['lag']): Cell[] {
  const behind = lag?.filter((entry) => entry.service === service).reduce((sum, { records }) => sum + records, 0);
  const troubled = Object.entries(dependencies).filter(([, state]) => state !== 'up');
  return [service, status, troubled.map(([name, state]) => `${name} ${state}`).join(', '), behind ?? '?'];
}

function backlogCells(backlog: Backlog | undefined): Cell[] {
  if (backlog === undefined) return Array.from({ length: 6 }, () => '?');
  const { outbox, retrying, waiting, deadLettered, quarantined } = backlog;
  return [outbox, ageOf(backlog), retrying, waiting, deadLettered, quarantined];
}

function workReport(work: Work): string {
  const states = ['pending', 'paid', 'confirmed', 'cancelled'].map(
    (state) => `${work.ordersByState[state] ?? 0} ${state}`,
  );
  const oldest =
    work.undeliveredNotifications === 0 ? '' : `, the oldest for ${approximately(work.oldestUndeliveredMs)}`;
  return [
    `orders         ${states.join(', ')}; ${work.ordersPastDeadline} past their deadline`,
    `payments       ${work.unknownPayments} unknown, ${work.duePayments} operations due`,
    `notifications  ${work.undeliveredNotifications} undelivered${oldest}; ${work.failedNotifications} failed`,
  ].join('\n');
}

function ageOf({ outbox, outboxAgeMs }: Backlog): string | null {
  return outbox === 0 ? null : approximately(outboxAgeMs);
}

function exitOf({ health, backlog, work, lag }: Status): ExitCode {
  const silent = health.some(({ status }) => status === 'unreachable');
  if (silent || backlog === undefined || lag === undefined) return EXIT.unusable;
  const troubled =
    health.some(({ status }) => status !== 'up') ||
    backlog.some(
      ({ outboxAgeMs, deadLettered, quarantined }) => outboxAgeMs > LATE_MS || deadLettered + quarantined > 0,
    ) ||
    (work?.unknownPayments ?? 0) + (work?.ordersPastDeadline ?? 0) > 0;
  return troubled ? EXIT.found : EXIT.fine;
}
