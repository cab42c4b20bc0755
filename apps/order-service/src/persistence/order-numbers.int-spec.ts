import { ORDER_NUMBER } from '@app/events';
import { migrationOptions } from '@app/postgres';
import { createTestDatabase } from '@app/testing';
import { DataSource } from 'typeorm';
import { DOCUMENTED_REQUEST, RunningOrderService } from '../../test/running-order-service';
import { loadConfig } from '../config';
import { databaseOptions } from '../order-service.module';
import { OrderNumbers } from './random-values';
import { drawAgainForDuplicates, NumberOrders1767200000000 } from './migrations/1767200000000-number-orders';

const INSERT = `
  INSERT INTO orders (order_id, user_id, status, total_amount, currency, payment_method, correlation_id, deadline_at,
    event_count, last_event_hash, created_at, updated_at)
  SELECT gen_random_uuid(), 'somebody', 'paid', 10, 'USD', 'card', 'c', now(), 1, 'hash', now(), now()
  FROM generate_series(1, $1::int)`;

interface Placed {
  readonly order_id: string;
  readonly order_number: string;
}

describe('orders that are placed', () => {
  let service: RunningOrderService;
  let draw: OrderNumbers['next'];
  beforeAll(async () => {
    service = await RunningOrderService.start();
    const numbers = service.app.get(OrderNumbers);
    draw = numbers.next.bind(numbers);
  });
  afterEach(() => rig(draw));
  afterAll(() => service.stop());

  function rig(next: OrderNumbers['next']): void {
    service.app.get(OrderNumbers).next = next;
  }

  /** Draws these first, and then at random. */
  function rigged(...first: string[]): void {
    rig(() => first.shift() ?? draw());
  }

  async function found(query: string): Promise<Placed[]> {
    const { status, body } = await service.get<{ orders: Placed[] }>(`/orders?${query}`);
    expect(status).toBe(200);
    return body.orders;
  }

  it('have a number in every answer, by which they are found however it is typed', async () => {
    const placed = await service.place();
    expect(placed.order_number).toMatch(ORDER_NUMBER);
    expect((await service.get(`/orders/${placed.order_id}`)).body).toEqual(placed);
    const bare = placed.order_number.replace('-', '');
    for (const typed of [placed.order_number, bare, bare.toLowerCase()]) {
      expect(await found(`order_number=${typed}`)).toEqual([placed]);
    }
    const cancelled = await service.post(`/orders/${placed.order_id}/cancel`);
    expect(cancelled.body.order_number).toBe(placed.order_number);
    expect(await found(`order_number=${bare}&status=cancelled&user_id=user_123`)).toHaveLength(1);
    expect(await found(`order_number=${bare}&status=pending`)).toEqual([]);
    expect(await found(`order_number=${bare}&user_id=somebody`)).toEqual([]);
  });

  it('tell their number with every event', async () => {
    const { order_id, order_number } = await service.place();
    await service.advance(order_id, 'payment_successful', 'stock_taken', 'cancel_requested');
    const events = await service.rows<{ type: string; number: string }>(
      `SELECT type, payload::json ->> 'order_number' AS number FROM outbox WHERE aggregateid = $1 ORDER BY position`,
      [order_id],
    );
    const expected = ['order_created', 'order_confirmed', 'order_cancelled'];
    expect(events).toEqual(expected.map((type) => ({ type, number: order_number })));
  });

  it('get another number when theirs is taken, and answer with that one, also when they are repeated', async () => {
    rigged('7F3K-29QX');
    expect((await service.place()).order_number).toBe('7F3K-29QX');
    rigged('7F3K-29QX', '7F3K-29QX', 'SEC0-ND00', '7F3K-29QX');
    const key = { 'idempotency-key': 'taken number' };
    const { order_id, order_number } = await service.place({}, key);
    expect(await found(`order_number=${order_number}`)).toMatchObject([{ order_id }]);
    const { headers, body } = await service.post('/orders', DOCUMENTED_REQUEST, key);
    expect([headers.get('idempotent-replayed'), body]).toEqual(['true', expect.objectContaining({ order_number })]);
    const [row] = await service.rows<{ number: string }>(
      `SELECT payload::json ->> 'order_number' AS number FROM outbox WHERE aggregateid = $1`,
      [order_id],
    );
    expect(row?.number).toBe(order_number);
    expect(order_number).not.toBe('7F3K-29QX');
  });

  it('never share a number, even when they share a transaction and are drawn the same', async () => {
    rigged(...Array.from({ length: 20 }, () => 'SAME-0000'));
    const placed = await Promise.all(Array.from({ length: 20 }, () => service.place()));
    expect(new Set(placed.map(({ order_number }) => order_number)).size).toBe(20);
  });
});

describe('orders that were placed before there were numbers', () => {
  it('get one each, as do those that a replica of the version before still places', async () => {
    const database = await createTestDatabase('order-service');
    const config = loadConfig({ DATABASE_URL: database.url });
    const options = databaseOptions(config);
    const before = options.migrations.slice(0, options.migrations.indexOf(NumberOrders1767200000000));
    const old = await new DataSource(migrationOptions({ ...options, migrations: before })).initialize();
    await old.runMigrations({ transaction: 'each' });
    await old.query(INSERT, [1_000]);
    await old.destroy();
    const dataSource = await new DataSource(migrationOptions(options)).initialize();
    await dataSource.runMigrations({ transaction: 'each' });
    await dataSource.query(INSERT, [1_000]);
    const numbers = async (): Promise<string[]> =>
      (await dataSource.query<{ n: string }[]>('SELECT order_number AS n FROM orders')).map(({ n }) => n);
    const drawn = await numbers();
    expect(new Set(drawn).size).toBe(2_000);
    expect(drawn.filter((number) => !ORDER_NUMBER.test(number))).toEqual([]);
    expect(new Set(drawn.flatMap((number) => [...number]))).toEqual(new Set('-0123456789ABCDEFGHJKMNPQRSTVWXYZ'));

    await dataSource.query('ALTER TABLE orders DROP CONSTRAINT orders_order_number_key');
    await dataSource.query(`UPDATE orders SET order_number = '7F3K-29QX' WHERE order_number < '4'`);
    await drawAgainForDuplicates(dataSource);
    const mended = await numbers();
    await dataSource.destroy();
    await database.drop();
    expect(mended).toContain('7F3K-29QX');
    expect(new Set(mended).size).toBe(2_000);
  });
});
