import type { DatabaseOptions } from '@app/postgres';
import { createTestDatabase, schemaDifferences, type TestDatabase } from '@app/testing';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { loadConfig } from '../config';
import { databaseOptions } from '../order-service.module';

class ForgetTheEntities1900000000000 implements MigrationInterface {
  readonly name = 'ForgetTheEntities1900000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE orders ADD gift_note text, DROP CONSTRAINT orders_check');
    await runner.query('ALTER TABLE orders ADD CONSTRAINT orders_check CHECK (cancellation_reason IS NULL)');
    await runner.query('CREATE TABLE gift_cards (id uuid PRIMARY KEY)');
  }

  async down(): Promise<void> {}
}

let database: TestDatabase;
let options: DatabaseOptions;
beforeEach(async () => {
  database = await createTestDatabase('order-service');
  options = databaseOptions(loadConfig({ DATABASE_URL: database.url }));
});
afterEach(() => database.drop());

describe('the entities', () => {
  it('describe the tables that the migrations make, and all of them', async () => {
    expect(await schemaDifferences(options, database)).toEqual({ statements: [], tables: [], definitions: [] });
  });

  it('are found to lack a column, a condition and a table that only a migration has', async () => {
    const migrations = [...options.migrations, ForgetTheEntities1900000000000];
    expect(await schemaDifferences({ ...options, migrations }, database)).toMatchObject({
      statements: ['ALTER TABLE "orders" DROP COLUMN "gift_note"'],
      tables: ['gift_cards'],
      definitions: [
        expect.stringMatching(/^\+ orders CHECK .*cancelled.*cancellation_reason IS NOT NULL/),
        '- gift_cards PRIMARY KEY (id)',
        '- orders CHECK ((cancellation_reason IS NULL))',
      ],
    });
  });
});
