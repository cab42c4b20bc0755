import type { Client } from 'pg';
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

function backlogQuery(service: ServiceName): string {
  const messages = `${roleOf(service)}.failed_messages`;
  const counted = (status: string): string => `(SELECT count(*)::int FROM ${messages} WHERE status = '${status}')`;
  return `
    SELECT '${service}' AS service, count(*)::int AS outbox,
      coalesce(extract(epoch FROM clock_timestamp() - min(created_at)) * 1000, 0)::float AS "outboxAgeMs",
      ${counted('retrying')} AS retrying, ${counted('waiting')} AS waiting,
      ${counted('dead_lettered')} AS "deadLettered", ${counted('quarantined')} AS quarantined
    FROM ${roleOf(service)}.outbox`;
}

const WORK = `
  SELECT (SELECT json_object_agg(status, n) FROM (SELECT status, count(*) AS n FROM order_service.orders GROUP BY 1) AS o)
      AS "ordersByState",
    (SELECT count(*)::int FROM order_service.orders WHERE open_until < now())
      AS "ordersPastDeadline",
    (SELECT count(*)::int FROM payment_service.payments WHERE final_status IS NULL AND status = 'unknown')
      AS "unknownPayments",
    (SELECT count(*)::int FROM payment_service.payments WHERE look_at < now() AND due_at < now()) AS "duePayments",
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

/** Of every service that has its tables: one that was never started has none, and that hides nothing of the others. */
export async function backlogOf(client: Client): Promise<Backlog[]> {
  const present = await servicesWithTables(client);
  return present.length === 0 ? [] : (await client.query<Backlog>(present.map(backlogQuery).join(' UNION ALL '))).rows;
}

/** Undefined as long as a service has no tables. */
export async function workOf(client: Client): Promise<Work | undefined> {
  if ((await servicesWithTables(client)).length < serviceNames.length) return undefined;
  const [row] = (await client.query<Work & { ordersByState: Work['ordersByState'] | null }>(WORK)).rows;
  return row === undefined ? undefined : { ...row, ordersByState: row.ordersByState ?? {} };
}
