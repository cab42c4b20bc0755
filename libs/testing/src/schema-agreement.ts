import { type DatabaseOptions, dataSourceOptions, migrate } from '@app/postgres';
import { Logger } from '@nestjs/common';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { TestDatabase } from './test-database';

/** What differs between the tables that migrations make and those that entities describe. */
export interface SchemaDifferences {
  /** What TypeORM would change to make the tables like the entities (`schema:log`). */
  readonly statements: string[];
  /** Tables without an entity. TypeORM looks at those of entities alone. */
  readonly tables: string[];
  /** Constraints and indexes that are written differently. TypeORM compares them by their names and columns alone. */
  readonly definitions: string[];
}

/** TypeORM keeps the text of a generated column there, in the spelling of the entity. Here PostgreSQL says what it is. */
const TELL_TYPEORM_OF_GENERATED_COLUMNS = `
  CREATE TABLE typeorm_metadata (type text, database text, schema text, "table" text, name text, value text);
  INSERT INTO typeorm_metadata
  SELECT 'GENERATED_COLUMN', table_catalog, table_schema, table_name, column_name,
    trim(regexp_replace(generation_expression, '\\s+', ' ', 'g'))
  FROM information_schema.columns WHERE table_schema = current_schema() AND is_generated = 'ALWAYS'`;

const TABLES = `
  SELECT table_name AS name FROM information_schema.tables
  WHERE table_schema = current_schema() AND table_name NOT IN ('migrations', 'typeorm_metadata') ORDER BY 1`;

/** Without the names: TypeORM compares those that an entity gives. */
const DEFINITIONS = `
  SELECT concat_ws(' ', conrelid::regclass, pg_get_constraintdef(oid)) AS text
  FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND contype IN ('c', 'f', 'p', 'u')
    AND conrelid::regclass::text NOT IN ('migrations', 'typeorm_metadata')
  UNION ALL
  SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE c.relnamespace = current_schema()::regnamespace AND NOT EXISTS (
    SELECT FROM pg_constraint WHERE conindid = i.indexrelid)`;

const FUNCTIONS = `
  SELECT pg_get_functiondef(oid) AS text FROM pg_proc WHERE pronamespace = current_schema()::regnamespace`;

/**
 * Runs the migrations of a service on a database and compares what they make with its entities: by TypeORM's own means, and with the
 * tables that TypeORM would make of the entities in a schema beside. TypeORM knows nothing of storage parameters, rights and rows.
 */
export async function schemaDifferences(
  options: DatabaseOptions,
  { adminUrl }: TestDatabase,
): Promise<SchemaDifferences> {
  Logger.overrideLogger(false);
  await migrate(options);
  const made = await open(dataSourceOptions(options));
  const asAdmin = { ...options, schema: 'entities_say', config: { ...options.config, databaseUrl: adminUrl } };
  try {
    await made.query(TELL_TYPEORM_OF_GENERATED_COLUMNS);
    const { upQueries } = await made.driver.createSchemaBuilder().log();
    const known = new Set(made.entityMetadatas.map(({ tableName }) => tableName));
    const tables = (await made.query<{ name: string }[]>(TABLES)).map(({ name }) => name);
    const functions = (await made.query<{ text: string }[]>(FUNCTIONS)).map(({ text }) => text);
    const described = await describedBy(
      asAdmin,
      functions.map((text) => text.replaceAll(`${options.schema}.`, `${asAdmin.schema}.`)),
    );
    return {
      statements: upQueries.map(({ query }) => query),
      tables: tables.filter((name) => !known.has(name)),
      definitions: differences(await definitionsIn(made), described),
    };
  } finally {
    await made.destroy();
  }
}

/** The definitions of the tables that TypeORM makes of the entities, whose defaults may call the `functions`. */
async function describedBy(options: DatabaseOptions, functions: readonly string[]): Promise<string[]> {
  const admin = await open(dataSourceOptions({ ...options, entities: [] }));
  await admin.query(`CREATE SCHEMA ${options.schema}`);
  for (const statement of functions) await admin.query(statement);
  await admin.destroy();
  const described = await open({ ...dataSourceOptions(options), synchronize: true });
  try {
    return await definitionsIn(described);
  } finally {
    await described.destroy();
  }
}

function open(options: DataSourceOptions): Promise<DataSource> {
  return new DataSource(options).initialize();
}

async function definitionsIn(dataSource: DataSource): Promise<string[]> {
  const rows = await dataSource.query<{ text: string }[]>(DEFINITIONS);
  // A list in the code is in the order of its reader, and in a migration in that of its history.
  const sorted = (list: string) => list.split(', ').sort().join(', ');
  return rows.map(({ text }) => text.replaceAll(/(?<=ARRAY\[)[^\]]+/g, sorted).replaceAll(/\w+\.(?=\w+ USING)|"/g, ''));
}

/** With `-` what only the migrations make, with `+` what only the entities say. */
function differences(made: readonly string[], described: readonly string[]): string[] {
  return [
    ...made.filter((text) => !described.includes(text)).map((text) => `- ${text}`),
    ...described.filter((text) => !made.includes(text)).map((text) => `+ ${text}`),
  ].sort();
}
