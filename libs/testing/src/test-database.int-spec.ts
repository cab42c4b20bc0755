import { Client } from 'pg';
import { createTestDatabase } from './test-database';

describe('a test database', () => {
  it('lets a service work in its own schema and is gone afterwards', async () => {
    const database = await createTestDatabase('order-service');
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query('CREATE TABLE things (id int)');
    const { rows } = await client.query<{ schema: string }>('SELECT current_schema() AS schema');
    await client.end();
    await database.drop();
    expect(rows).toEqual([{ schema: 'order_service' }]);
    const late = new Client({ connectionString: database.url });
    await expect(late.connect()).rejects.toThrow(/does not exist/);
  });
});
