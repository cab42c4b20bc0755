import { createTestDatabase, schemaDifferences } from '@app/testing';
import { loadConfig } from '../config';
import { databaseOptions } from '../notification-service.module';

it('the entities describe the tables that the migrations make, and all of them', async () => {
  const database = await createTestDatabase('notification-service');
  const options = databaseOptions(loadConfig({ DATABASE_URL: database.url }));
  expect(await schemaDifferences(options, database)).toEqual({ statements: [], tables: [], definitions: [] });
  await database.drop();
});
