import type { MigrationInterface, QueryRunner } from 'typeorm';

const DEMO_STOCK = [
  ['LAPTOP001', 'Gaming Laptop', 50, '1299.99'],
  ['PHONE001', 'Smartphone Pro', 100, '899.99'],
  ['HEADSET001', 'Wireless Headset', 200, '199.99'],
  ['MOUSE001', 'Gaming Mouse', 500, '79.99'],
  ['KEYBOARD001', 'Mechanical Keyboard', 300, '149.99'],
] as const;

const PRODUCT_IDS = DEMO_STOCK.map(([productId]) => productId);

export class SeedDemoStock1763800300000 implements MigrationInterface {
  readonly name = 'SeedDemoStock1763800300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `INSERT INTO inventory (product_id, product_name, quantity, price, currency, created_at, updated_at)
       SELECT product_id, product_name, quantity, price, 'USD', now(), now()
       FROM unnest($1::text[], $2::text[], $3::integer[], $4::numeric[]) AS p (product_id, product_name, quantity, price)`,
      [0, 1, 2, 3].map((column) => DEMO_STOCK.map((product) => product[column])),
    );
    await runner.query(
      `INSERT INTO stock_movements (product_id, quantity_delta, balance, reason, note, actor, created_at)
       SELECT product_id, quantity, quantity, 'initial', 'demo stock', 'inventory-service', now()
       FROM inventory WHERE product_id = ANY ($1::text[]) ORDER BY product_id`,
      [PRODUCT_IDS],
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DELETE FROM stock_movements WHERE product_id = ANY ($1::text[])', [PRODUCT_IDS]);
    await runner.query('DELETE FROM inventory WHERE product_id = ANY ($1::text[])', [PRODUCT_IDS]);
  }
}
