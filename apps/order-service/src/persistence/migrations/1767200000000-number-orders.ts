import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Gives every order a short number. The service draws the numbers of new orders; what the database draws is for the orders there are,
 * and for those that replicas of the version before still place while an update is rolled out.
 */
export class NumberOrders1767200000000 implements MigrationInterface {
  readonly name = 'NumberOrders1767200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION new_order_number() RETURNS text LANGUAGE plpgsql VOLATILE AS $$
      DECLARE
        random bytea := uuid_send(gen_random_uuid());
      BEGIN
        RETURN ${[0, 1, 2, 3].map(character).join(' || ')} || '-' || ${[4, 5, 9, 10].map(character).join(' || ')};
      END $$`);
    await runner.query(`ALTER TABLE orders ADD order_number text COLLATE "C" NOT NULL DEFAULT new_order_number()`);
    await drawAgainForDuplicates(runner);
    await runner.query('ALTER TABLE orders ADD CONSTRAINT orders_order_number_key UNIQUE (order_number)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE orders DROP order_number');
    await runner.query('DROP FUNCTION new_order_number');
  }
}

/** One character of Crockford's base 32, of a byte of a version 4 UUID that is wholly random. */
function character(byte: number): string {
  return `substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', get_byte(random, ${byte}) % 32 + 1, 1)`;
}

/** Among millions of random numbers some are alike: all but one of them are drawn again, until there are none. */
export async function drawAgainForDuplicates(runner: { query(sql: string): Promise<unknown> }): Promise<void> {
  let changed: unknown[];
  do {
    const [rows] = (await runner.query(`
      UPDATE orders SET order_number = new_order_number() WHERE order_id IN (
        SELECT order_id FROM (
          SELECT order_id, row_number() OVER (PARTITION BY order_number) AS nth FROM orders) AS numbered
        WHERE nth > 1)
      RETURNING 1`)) as [unknown[], number];
    changed = rows;
  } while (changed.length > 0);
}
