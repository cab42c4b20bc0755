import { migrationOptions } from '@app/postgres';
import { createTestDatabase } from '@app/testing';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { RunningOrderService } from '../../test/running-order-service';
import { loadConfig } from '../config';
import { databaseOptions } from '../order-service.module';

describe('the audit trail', () => {
  let service: RunningOrderService;
  let client: Client;
  beforeAll(async () => {
    service = await RunningOrderService.start();
    client = new Client({ connectionString: service.database.url });
    await client.connect();
    await service.place();
  });
  afterAll(async () => {
    await client.end();
    await service.stop();
  });

  it.each(['UPDATE order_events SET actor = $$me$$', 'DELETE FROM order_events', 'TRUNCATE order_events'])(
    'cannot be changed by the service itself: %s',
    async (statement) => {
      await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' });
    },
  );

  it('can be changed by the service once it has given itself the right, for it owns the table', async () => {
    await client.query('BEGIN');
    try {
      await client.query('GRANT UPDATE ON order_events TO CURRENT_USER');
      expect(await client.query('UPDATE order_events SET actor = $$me$$')).toMatchObject({ rowCount: 1 });
    } finally {
      await client.query('ROLLBACK');
    }
  });

  it('can be read and continued by it', async () => {
    const { rows } = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM order_events');
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('has one entry of each number', async () => {
    const copy = 'INSERT INTO order_events SELECT * FROM order_events';
    await expect(client.query(copy)).rejects.toMatchObject({ code: '23505' });
  });
});

describe('the tables', () => {
  it('can be made, removed and made again', async () => {
    const database = await createTestDatabase('order-service');
    const options = databaseOptions(loadConfig({ DATABASE_URL: database.url }));
    const dataSource = await new DataSource(migrationOptions(options)).initialize();
    const columns = (): Promise<unknown> =>
      dataSource.query(
        `SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
         WHERE table_schema = 'order_service' AND table_name <> 'migrations' ORDER BY 1, 2`,
      );
    await dataSource.runMigrations({ transaction: 'each' });
    const made = await columns();
    for (const _ of dataSource.migrations) await dataSource.undoLastMigration({ transaction: 'each' });
    const removed = await columns();
    await dataSource.runMigrations({ transaction: 'each' });
    const again = await columns();
    await dataSource.destroy();
    await database.drop();
    expect(removed).toEqual([]);
    expect(made).not.toEqual([]);
    expect(again).toEqual(made);
  });
});
