import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { roleOf, serviceNames } from '../../../tools/stack/index.ts';
import { finding, type Finding } from '../checks/invariant.ts';
import type { Scenario } from '../scenario.ts';
import { ScenarioCustomers } from '../scenario-customers.ts';
import type { World } from '../world.ts';

/** A session of the administrator that is never read-only, whatever the server has become. */
export async function withAdministrator(world: World, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({
    connectionString: world.cluster.system.stack.databaseUrl('admin'),
    options: '-c default_transaction_read_only=off -c statement_timeout=90s',
    query_timeout: 95_000,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** As after a failover to a standby, or with a full disk's emergency brake. */
export function turnReadOnly(world: World, seconds: number): Promise<void> {
  return withAdministrator(world, async (client) => {
    await client.query('ALTER SYSTEM SET default_transaction_read_only = on');
    await client.query('SELECT pg_reload_conf()');
    await world.calm(seconds);
    await client.query('ALTER SYSTEM RESET default_transaction_read_only');
    await client.query('SELECT pg_reload_conf()');
  });
}

/** Only sessions that are opened meanwhile are read-only, and stay so when it is over. */
export function openReadOnlySessions(world: World, seconds: number): Promise<void> {
  return withAdministrator(world, async (client) => {
    await client.query('ALTER DATABASE microservices_db SET default_transaction_read_only = on');
    await loseSessions(world, client, 1);
    await world.calm(seconds);
    await client.query('ALTER DATABASE microservices_db RESET default_transaction_read_only');
  });
}

export function rotatePasswords(world: World, seconds: number): Promise<void> {
  return withAdministrator(world, async (client) => {
    for (const role of serviceNames.map(roleOf)) await client.query(`ALTER ROLE ${role} PASSWORD 'another one'`);
    await loseSessions(world, client, 0.5);
    await world.calm(seconds);
    for (const role of serviceNames.map(roleOf)) await client.query(`ALTER ROLE ${role} PASSWORD '${role}'`);
  });
}

/** Ends each session of the services with this probability. */
async function loseSessions(world: World, client: pg.Client, probability: number): Promise<void> {
  const { rowCount } = await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE '%\\_service' AND random() < $1`,
    [probability],
  );
  world.cluster.relayInterruptions += rowCount ?? 0;
}

export function loseSessionsAtRandom(world: World, seconds: number): Promise<void> {
  return withAdministrator(world, async (client) => {
    const end = performance.now() + seconds * 1_000;
    while (performance.now() < end) {
      await loseSessions(world, client, 0.15);
      await delay(300);
    }
  });
}

/** A transaction of somebody else that holds what the given statement locks. */
export function lockFor(world: World, seconds: number, statement: string, parameters: unknown[] = []): Promise<void> {
  return withAdministrator(world, async (client) => {
    await client.query('BEGIN');
    await client.query(statement, parameters);
    await world.calm(seconds);
    await client.query('ROLLBACK');
  });
}

/** A migration of the next version while this one runs; each statement of it is one. */
async function changeColumns(world: World): Promise<void> {
  await withAdministrator(world, async (client) => {
    await client.query('ALTER TABLE order_service.orders ALTER COLUMN total_amount TYPE numeric(14,2)');
    await world.calm(2);
    await client.query('ALTER TABLE payment_service.payments ALTER COLUMN payment_method TYPE varchar(200)');
    await world.calm(2);
    await client.query('ALTER TABLE notification_service.notifications ALTER COLUMN user_id TYPE varchar(300)');
    await world.calm(2);
  });
}

const LOCKED_SECONDS = 45;

/** Nobody but who wants this product may notice. */
async function lockOneProduct(world: World): Promise<Finding[]> {
  const customers = new ScenarioCustomers(world);
  const { product_id: locked } = await world.cluster.system.newProduct(1_000);
  const from = world.load.now;
  const waiting: string[] = [];
  await Promise.all([
    lockFor(world, LOCKED_SECONDS, 'SELECT FROM inventory_service.inventory WHERE product_id = $1 FOR UPDATE', [
      locked,
    ]),
    (async () => {
      await world.calm(0.5);
      while (world.load.now < from + (LOCKED_SECONDS - 2) * 1_000) {
        const id = await customers.order('waits_for_the_lock', [{ product_id: locked, quantity: 1 }]);
        if (id !== undefined) waiting.push(id);
        await world.calm(1);
      }
    })(),
  ]);
  customers.close();
  const rows = await world.database.query<{ seconds: number }>(
    `SELECT extract(epoch FROM e.at - o.created_at)::float AS seconds FROM orders o
     JOIN (SELECT order_id, min(occurred_at) AS at FROM order_events WHERE to_status = 'confirmed' GROUP BY 1) e USING (order_id)
     WHERE o.user_id LIKE 'load\\_%' AND o.created_at BETWEEN now() - make_interval(secs => $1) AND now() - interval '3 s'
     ORDER BY 1`,
    [LOCKED_SECONDS],
  );
  const p90 = rows[Math.floor(rows.length * 0.9)]?.seconds ?? Infinity;
  return [
    ...(p90 <= 2
      ? []
      : finding('I13', `p90 of orders for other products is ${p90.toFixed(1)} s beside a locked row`, ['S24'])),
    ...(waiting.length < 10 ? finding('I13', 'too few orders met the locked row', waiting) : []),
  ];
}

/** Neither a lock nor a session is held against a message: nobody is put aside because of one. */
async function parkedMessages(world: World): Promise<Finding[]> {
  const rows = await world.database.query<{ id: string }>(
    serviceNames
      .map(
        (service) => `SELECT '${service} ' || topic || ': ' || left(error_message, 100) AS id
          FROM ${roleOf(service)}.failed_messages WHERE attempts > 0`,
      )
      .join(' UNION ALL '),
  );
  return finding(
    'I9',
    'messages that a try was counted against',
    rows.map(({ id }) => id),
  );
}

export const postgresSessions: Scenario = {
  id: 'S24',
  title: 'PostgreSQL turns read-only, rotates passwords, loses sessions, is locked, changes columns',
  decisive: ['I9', 'I14'],
  api: { acceptedShare: 0.2, p99Ms: 12_000, statuses: [503] },
  rate: 12,
  env: { DELIVERY_TIMEOUT_MS: '6000' },
  async run(world) {
    world.mailInterruptions += 4;
    await world.calm(4);
    await world.fault('columns change their types', () => changeColumns(world));
    await world.calm(3);
    await world.fault('read-only', () => turnReadOnly(world, 8));
    await world.calm(4);
    await world.fault('new sessions are read-only', () => openReadOnlySessions(world, 6));
    await world.calm(4);
    await world.fault('passwords rotated', () => rotatePasswords(world, 8));
    await world.calm(4);
    await world.fault('sessions lost at random', () => loseSessionsAtRandom(world, 8));
    await world.calm(4);
    world.findings.push(...(await world.fault('a row is locked', () => lockOneProduct(world))));
    await world.fault('a hot table is locked', () =>
      lockFor(world, 60, 'LOCK TABLE inventory_service.inventory IN ACCESS EXCLUSIVE MODE'),
    );
    await world.calm(4);
  },
  afterRest: parkedMessages,
};
