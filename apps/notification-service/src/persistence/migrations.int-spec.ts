import { migrationOptions } from '@app/postgres';
import { createTestDatabase, type TestDatabase } from '@app/testing';
import { DataSource } from 'typeorm';
import { loadConfig } from '../config';
import { databaseOptions } from '../notification-service.module';

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase('notification-service');
  const options = databaseOptions(loadConfig({ DATABASE_URL: database.url }));
  dataSource = await new DataSource(migrationOptions(options)).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

function notification(values: string): string {
  return `INSERT INTO notifications (notification_id, order_id, created_at, due_at, position, user_id, notification_type,
    channel, status, recipient, facts, correlation_id) VALUES (gen_random_uuid(), ${values}, '{}', 'c')`;
}
const order = `'01900000-0000-7000-8000-000000000000'`;

describe('the schema', () => {
  it('can be built, taken down and built again', async () => {
    await dataSource.runMigrations();
    for (const _ of dataSource.migrations) await dataSource.undoLastMigration();
    const tables = await dataSource.query(
      `SELECT table_name FROM information_schema.tables WHERE table_schema = 'notification_service'`,
    );
    expect(tables).toEqual([{ table_name: 'migrations' }]);
    await dataSource.runMigrations();
  });

  it.each([
    [
      'a second notification of one kind',
      notification(`${order}, now(), NULL, 1, 'u', 'order_paid', 'email', 'sent', 'a'`),
      /duplicate key/,
    ],
    [
      'one that is pending and never due',
      notification(`${order}, now(), NULL, 1, 'u', 'order_received', 'email', 'pending', 'a'`),
      /violates check constraint/,
    ],
    [
      'one that is pending and goes nowhere',
      notification(`${order}, now(), now(), 1, 'u', 'order_received', 'email', 'pending', NULL`),
      /violates check constraint/,
    ],
    [
      'a contact without the number its channel needs',
      `INSERT INTO contacts VALUES ('u', 'a@b.test', NULL, '{sms}', now(), now())`,
      /violates check constraint/,
    ],
  ])('refuses %s', async (_, sql, message) => {
    await dataSource.query(
      `${notification(`${order}, now(), NULL, 1, 'u', 'order_paid', 'email', 'sent', 'a'`)} ON CONFLICT DO NOTHING`,
    );
    await expect(dataSource.query(sql)).rejects.toThrow(message);
  });
});
