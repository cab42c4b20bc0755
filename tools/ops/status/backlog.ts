import type { Client } from 'pg';
import { overdueOrders } from '../../../apps/order-service/src/persistence/order.figures.ts';
import { duePayments, unknownPayments } from '../../../apps/payment-service/src/persistence/payment.figures.ts';
import {
  failedMessageCounts,
  outboxAge,
  outboxSize,
  type Query,
} from '../../../libs/messaging/src/metrics/waiting-rows.ts';
import { roleOf, serviceNames, type ServiceName } from '../../stack/service-names.ts';

/** What waits in the tables of a service. */
export interface Backlog {
  readonly service: ServiceName;
  readonly outbox: number;
  /** Milliseconds; 0 when the outbox is empty. */
  readonly outboxAgeMs: number;
  readonly retrying: number;
  readonly waiting: number;
  readonly deadLettered: number;
  readonly quarantined: number;
}

/** What waits in the tables of the whole system. */
export interface Work {
  readonly ordersByState: Readonly<Record<string, number>>;
  readonly ordersPastDeadline: number;
  readonly unknownPayments: number;
  readonly duePayments: number;
  readonly undeliveredNotifications: number;
  /** Milliseconds. */
  readonly oldestUndeliveredMs: number;
  readonly failedNotifications: number;
}

/** Failed messages of one status that are counted: so many, or more. */
const MOST_COUNTED = 1_000_000;

/** What no service shows elsewhere. */
const WORK = `
  SELECT (SELECT json_object_agg(status, n) FROM (SELECT status, count(*) AS n FROM order_service.orders GROUP BY 1) AS o)
      AS "ordersByState",
    (SELECT count(*)::int FROM notification_service.notifications WHERE status = 'pending') AS "undeliveredNotifications",
    (SELECT coalesce(extract(epoch FROM now() - min(created_at)) * 1000, 0)::float
     FROM notification_service.notifications WHERE status = 'pending') AS "oldestUndeliveredMs",
    (SELECT count(*)::int FROM notification_service.notifications WHERE status IN ('failed', 'undeliverable'))
      AS "failedNotifications"`;

async function servicesWithTables(client: Client): Promise<ServiceName[]> {
  const { rows } = await client.query<{ schema: string }>(
    `SELECT schemaname AS schema FROM pg_tables WHERE tablename = 'outbox'`,
  );
  return serviceNames.filter((service) => rows.some(({ schema }) => schema === roleOf(service)));
}

/**
 * Of every service that has its tables: one that was never started has none, and that hides nothing of the others. Read as the services
 * themselves read it for /health and /metrics, so that it is the same figure, and there is one when no service answers.
 */
export async function backlogOf(client: Client): Promise<Backlog[]> {
  const query = queryOf(client);
  const backlogs: Backlog[] = [];
  // One after the other: a session of PostgreSQL runs one statement at a time.
  for (const service of await servicesWithTables(client)) backlogs.push(await backlogOfService(query, service));
  return backlogs;
}

async function backlogOfService(query: Query, service: ServiceName): Promise<Backlog> {
  const schema = roleOf(service);
  const outbox = await outboxSize(query, schema);
  const { oldestMs: outboxAgeMs } = await outboxAge(query, schema);
  const failed = await failedMessageCounts(query, service, MOST_COUNTED, schema);
  const { retrying, waiting, dead_lettered: deadLettered, quarantined } = failed;
  return { service, outbox, outboxAgeMs, retrying, waiting, deadLettered, quarantined };
}

/** Undefined as long as a service has no tables. */
export async function workOf(client: Client): Promise<Work | undefined> {
  if ((await servicesWithTables(client)).length < serviceNames.length) return undefined;
  const query = queryOf(client);
  const [{ now = new Date() } = {}] = await query<{ now: Date }>('SELECT clock_timestamp() AS now');
  const [row] = await query<CountedHere & { ordersByState: Work['ordersByState'] | null }>(WORK);
  if (row === undefined) return undefined;
  const { due: ordersPastDeadline } = await overdueOrders(query, now, roleOf('order-service'));
  const { payments } = await unknownPayments(query, roleOf('payment-service'));
  const { due } = await duePayments(query, now, roleOf('payment-service'));
  const ordersByState = row.ordersByState ?? {};
  return { ...row, ordersByState, ordersPastDeadline, unknownPayments: payments, duePayments: due };
}

type CountedHere = Omit<Work, 'ordersPastDeadline' | 'unknownPayments' | 'duePayments'>;

function queryOf(client: Client): Query {
  return async <Row>(text: string, parameters?: unknown[]) => (await client.query(text, parameters)).rows as Row[];
}
