import pg, { type ClientBase } from 'pg';
import type { DataSourceOptions, EntitySchema, MigrationInterface } from 'typeorm';
import type { CommonConfig } from '@app/platform';
import { guardedClient } from './guarded-client';

/** The part of a service's config that concerns its database. */
export type DatabaseConfig = Pick<
  CommonConfig,
  'databaseUrl' | 'databasePoolSize' | 'databaseStatementTimeoutMs' | 'databaseLockTimeoutMs' | 'databaseStartTimeoutMs'
>;

/** A class with the constructor TypeORM calls. */
export type EntityClass = abstract new (...args: never[]) => object;

/** What a service says about its database. */
export interface DatabaseOptions {
  readonly config: DatabaseConfig;
  /** The schema the service owns; it is also the `search_path`, so statements name tables without it. */
  readonly schema: string;
  /** `application_name` in `pg_stat_activity`; default: the schema with dashes, `order-service`. */
  readonly service?: string;
  readonly entities: readonly (EntityClass | EntitySchema)[];
  /** In order; each is a class with a timestamp at the end of its name, as TypeORM wants it. */
  readonly migrations: readonly (new () => MigrationInterface)[];
}

const CONNECT_TIMEOUT_MS = 3_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000;
/** How much longer than a statement may take a server may be silent: it has to say that the time is up. */
const SILENCE_AFTER_TIMEOUT_MS = 1_000;
const MOST_SILENCE_MS = 60_000;

/**
 * Planner settings: our statements fetch few rows by index. Stale statistics can make PostgreSQL expect a hundred thousand rows
 * and start two parallel workers, which takes longer than the query itself, each time.
 */
export const PLANNING = { enable_seqscan: 'off', max_parallel_workers_per_gather: '0' } as const;

/**
 * One text of statements that gives a session these settings. Sent as statements and not as start-up parameters: a connection pooler in
 * front of PostgreSQL refuses those or, told to ignore them, drops them without a word.
 */
export function settingsOf(session: Readonly<Record<string, string>>): string {
  return Object.entries(session)
    .map(([name, value]) => `SET ${name} = '${value}'`)
    .join('; ');
}

/**
 * TypeORM options of a service's pool. Statements and lock waits are bounded by the config, a transaction that
 * stands idle for 10 s is rolled back, and a server that falls silent costs 1 s more than a statement may take.
 * Plans of prepared statements are kept, and one that was made for an empty table would be ruinous later: whole tables are
 * read only where there is no other way (`enable_seqscan`), so that every kept plan goes by an index.
 * `int8` (and `count(*)`) arrives as text, as pg does it: cast to `int` in SQL where the number is small.
 */
export function dataSourceOptions(options: DatabaseOptions): DataSourceOptions {
  const { databaseStatementTimeoutMs: statement, databaseLockTimeoutMs: lock, databasePoolSize } = options.config;
  return {
    ...common(options),
    entities: [...options.entities],
    poolSize: databasePoolSize,
    extra: {
      ...connection(options, 'service', {
        statement_timeout: String(statement),
        lock_timeout: String(lock),
        idle_in_transaction_session_timeout: String(IDLE_IN_TRANSACTION_TIMEOUT_MS),
      }),
      Client: guardedClient(statement === 0 ? MOST_SILENCE_MS : statement + SILENCE_AFTER_TIMEOUT_MS),
    },
  };
}

/** The same database for running migrations: no time-outs, no entities, three connections. */
export function migrationOptions(options: DatabaseOptions): DataSourceOptions {
  return {
    ...common(options),
    migrations: [...options.migrations],
    poolSize: 3,
    // A statement of a migration may take as long as it likes.
    extra: {
      ...connection(options, 'migrations', { statement_timeout: '0', lock_timeout: '0' }),
      Client: guardedClient(0),
    },
  };
}

/**
 * How one connection of a service is made, for pools beside TypeORM's. `role` is for monitoring. The session has its settings before it
 * is handed out.
 */
export function connection(
  options: Pick<DatabaseOptions, 'schema' | 'service'>,
  role: string,
  settings: Readonly<Record<string, string>> = {},
) {
  const service = options.service ?? options.schema.replaceAll('_', '-');
  const all = { ...PLANNING, search_path: schemaName(options.schema), TimeZone: 'UTC', ...settings };
  const statements = settingsOf(all);
  return {
    application_name: role === 'service' ? service : `${service}:${role}`,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // pg waits for it, although its types do not say so.
    onConnect: async (client: ClientBase): Promise<void> => {
      await client.query(statements);
    },
  };
}

function common(options: DatabaseOptions) {
  return {
    type: 'postgres',
    // TypeORM would look for it by its name at run time, where a bundle does not have it.
    driver: pg,
    url: options.config.databaseUrl,
    schema: schemaName(options.schema),
    synchronize: false,
    migrationsRun: false,
    migrationsTableName: 'migrations',
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    logging: false,
  } as const;
}

/** The name goes into a statement as it is, so it is checked here. */
function schemaName(schema: string): string {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) throw new RangeError(`not a plain schema name: ${schema}`);
  return schema;
}
