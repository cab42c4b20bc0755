import { migrate, migrationOptions } from '@app/postgres';
import { createTestDatabase, schemaDifferences } from '@app/testing';
import { DataSource } from 'typeorm';
import { databaseOptions } from '../../test/core';
import { MESSAGING_MIGRATIONS } from '.';

it('the messaging tables can be made, taken away without a trace, and made again', async () => {
  const database = await createTestDatabase('order-service');
  const options = databaseOptions(database.url);
  await migrate(options);
  const dataSource = await new DataSource(migrationOptions(options)).initialize();
  const shape = async () => ({
    columns: await dataSource.query(
      `SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
       WHERE table_schema = current_schema() AND table_name <> 'migrations' ORDER BY 1, 2`,
    ),
    indexes: await dataSource.query(
      `SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename <> 'migrations' ORDER BY 1`,
    ),
  });
  const made = await shape();
  for (const _ of MESSAGING_MIGRATIONS) await dataSource.undoLastMigration();
  expect(await shape()).toEqual({ columns: [], indexes: [] });
  await dataSource.runMigrations();
  expect(await shape()).toEqual(made);
  expect(made.indexes).toHaveLength(23);
  await dataSource.destroy();
  await database.drop();
});

it('the entities describe the messaging tables, and all of them', async () => {
  const database = await createTestDatabase('order-service');
  const differences = await schemaDifferences(databaseOptions(database.url), database);
  expect(differences).toEqual({ statements: [], tables: [], definitions: [] });
  await database.drop();
});
