import { setTimeout as delay } from 'node:timers/promises';
import { finding, type Finding } from './checks/invariant.ts';
import type { Database } from './database.ts';
import type { Admin } from './kafka-admin.ts';

/** How long the system may take to come to rest once everything is healed. */
export const REST_SECONDS = 60;

const OPEN = `
  SELECT 'orders open' AS what, count(*) AS n FROM orders WHERE status IN ('pending', 'paid')
  UNION ALL SELECT 'payments in progress', count(*) FROM payments WHERE operation IS NOT NULL
  UNION ALL SELECT 'notifications pending', count(*) FROM notifications WHERE status = 'pending'
  ${['order', 'payment', 'inventory', 'notification']
    .map(
      (service) => `
  UNION ALL SELECT '${service} outbox', count(*) FROM ${service}_service.outbox
  UNION ALL SELECT '${service} retries', count(*) FROM ${service}_service.failed_messages
    WHERE status IN ('retrying', 'waiting')`,
    )
    .join('')}`;

/** Where open work can be seen. */
interface Stores {
  readonly database: Database;
  readonly kafka: Admin;
}

/** Waits until nothing is open anywhere, and says what still is when the time is up. Gives the seconds it took. */
export async function comeToRest(
  stores: Stores,
  limit = REST_SECONDS,
): Promise<{ seconds: number; findings: Finding[] }> {
  const begin = performance.now();
  for (;;) {
    const open = await openWork(stores).catch((error: unknown) => [`cannot be asked: ${String(error)}`]);
    const seconds = Math.round((performance.now() - begin) / 100) / 10;
    if (open.length === 0) return { seconds, findings: [] };
    if (seconds > limit) return { seconds, findings: finding('I13', `not at rest after ${limit} s`, open) };
    await delay(250);
  }
}

async function openWork({ database, kafka }: Stores): Promise<string[]> {
  const rows = await database.query<{ what: string; n: string }>(OPEN);
  const open = rows.filter(({ n }) => Number(n) > 0).map(({ what, n }) => `${what}: ${n}`);
  if (open.length > 0) return open;
  const lag = await kafka.lag();
  return lag === 0 ? [] : [`consumer lag: ${lag}`];
}
