import { execFile } from 'node:child_process';
import { chmodSync, chownSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { Component } from './component.ts';
import { ensureDirectory } from './paths.ts';
import { loopback } from './ports.ts';
import { databaseName, postgresUrl, superuser } from './urls.ts';
import { postgresProbe } from './probes.ts';
import { unprivilegedUser } from './unprivileged-user.ts';

const run = promisify(execFile);

export interface PostgresOptions {
  readonly port: number;
  readonly data: string;
  readonly logFile: string;
  /** The unpacked distribution. */
  readonly home: string;
  readonly initSql: string;
  readonly restart: boolean;
}

export function postgres(options: PostgresOptions): Component {
  const { port, data, home, logFile } = options;
  const user = unprivilegedUser();
  return {
    name: 'postgres',
    command: join(home, 'bin', 'postgres'),
    args: ['-D', data, '-h', loopback, '-p', String(port), '-k', '', ...settings],
    cwd: home,
    env: { LC_ALL: 'C', TZ: 'UTC' },
    logFile,
    ports: [port],
    dependsOn: [],
    ...(user && { user }),
    prepare: () => ensureCluster(options),
    ready: postgresProbe(postgresUrl(port, superuser, 'postgres')),
    whenReady: () => ensureDatabase(options),
    readyWithinMs: 60_000,
    stopSignal: 'SIGINT', // "fast": ends the sessions, then stops cleanly; SIGTERM would wait for the clients
    stopWithinMs: 20_000,
    restart: options.restart,
  };
}

/** fsync and synchronous_commit stay on: what the system promises after a crash is tried on this database. */
const settings = Object.entries({
  max_connections: '200',
  shared_buffers: '512MB',
  max_wal_size: '4GB',
  random_page_cost: '1.1',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  log_lock_waits: 'on',
}).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

async function ensureCluster({ data, home }: PostgresOptions): Promise<void> {
  if (existsSync(join(data, 'PG_VERSION'))) return;
  const user = unprivilegedUser();
  ensureDirectory(dirname(data));
  rmSync(data, { recursive: true, force: true }); // a first start that was interrupted
  const passwordFile = `${ensureDirectory(data)}.password`;
  writeFileSync(passwordFile, `${superuser}\n`, { mode: 0o600 });
  chmodSync(data, 0o700);
  if (user !== undefined) for (const path of [data, passwordFile]) chownSync(path, user.uid, user.gid);
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = [`--username=${superuser}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  try {
    const environment = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    await run(join(home, 'bin', 'initdb'), ['-D', data, ...locale, ...access], {
      ...user,
      cwd: home,
      env: environment,
    });
  } catch (error) {
    rmSync(data, { recursive: true, force: true });
    throw new Error(`initdb failed: ${(error as { stderr?: string }).stderr ?? String(error)}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** Creates the database and applies init-db.sql, unless that has been done. */
async function ensureDatabase({ port, initSql }: PostgresOptions): Promise<void> {
  await asAdmin(postgresUrl(port, superuser, 'postgres'), async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [databaseName]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${databaseName}`);
  });
  await asAdmin(postgresUrl(port), async (client) => {
    const { rowCount } = await client.query("SELECT FROM pg_namespace WHERE nspname = 'order_service'");
    // One simple query is one transaction: all of the file, or nothing.
    if (rowCount === 0) await client.query(readFileSync(initSql, 'utf8'));
  });
}

async function asAdmin(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined); // the query reports it
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
