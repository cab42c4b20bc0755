import { DataSource } from 'typeorm';
import { migrationOptions } from '@app/postgres';
import { createTestDatabase, type TestDatabase } from '@app/testing';
import { loadConfig } from '../config';
import { databaseOptions } from '../inventory-service.module';

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase('inventory-service');
  const options = databaseOptions(loadConfig({ DATABASE_URL: database.url }));
  dataSource = await new DataSource(migrationOptions(options)).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

describe('the schema', () => {
  it('can be built, taken down and built again', async () => {
    await dataSource.runMigrations();
    for (const _ of dataSource.migrations) await dataSource.undoLastMigration();
    const tables = await dataSource.query(
      `SELECT table_name FROM information_schema.tables WHERE table_schema = 'inventory_service'`,
    );
    expect(tables).toEqual([{ table_name: 'migrations' }]);
    await dataSource.runMigrations();
  });

  it('starts with the demo stock, and with the movements that explain it', async () => {
    const stock = await dataSource.query(
      `SELECT product_id, quantity, price, sum(quantity_delta)::int AS moved
       FROM inventory JOIN stock_movements USING (product_id) GROUP BY product_id, quantity, price ORDER BY product_id`,
    );
    expect(stock).toEqual([
      { product_id: 'HEADSET001', quantity: 200, price: '199.99', moved: 200 },
      { product_id: 'KEYBOARD001', quantity: 300, price: '149.99', moved: 300 },
      { product_id: 'LAPTOP001', quantity: 50, price: '1299.99', moved: 50 },
      { product_id: 'MOUSE001', quantity: 500, price: '79.99', moved: 500 },
      { product_id: 'PHONE001', quantity: 100, price: '899.99', moved: 100 },
    ]);
  });

  it.each([
    ['stock below zero', `UPDATE inventory SET quantity = -1`, /violates check constraint/],
    ['a changed movement', `UPDATE stock_movements SET note = 'forged'`, /permission denied/],
    ['a removed movement', `DELETE FROM stock_movements`, /permission denied/],
    ['an order that takes a product twice', takeTwice(), /stock_movements_once_per_order/],
  ])('refuses %s', async (_, sql, message) => {
    await expect(dataSource.query(sql)).rejects.toThrow(message);
  });
});

function takeTwice(): string {
  const row = `('LAPTOP001', '01900000-0000-7000-8000-000000000000', -1, 1, 'taken', 'test', now())`;
  return `INSERT INTO stock_movements (product_id, order_id, quantity_delta, balance, reason, actor, created_at)
          VALUES ${row}, ${row}`;
}
