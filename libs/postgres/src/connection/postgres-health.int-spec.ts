import { commonConfig, defineConfig, HealthRegistry } from '@app/platform';
import { createTestDatabase, type TestDatabase } from '@app/testing';
import pg from 'pg';
import { PostgresHealthIndicator } from './postgres.health-indicator';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase('order-service');
});
afterAll(() => database.drop());

async function healthWith(change: (url: URL) => void = () => undefined) {
  const url = new URL(database.url);
  change(url);
  const config = defineConfig(commonConfig({ port: 0, databaseUser: 'order_service' }))({
    DATABASE_URL: url.toString(),
  });
  const registry = new HealthRegistry();
  const indicator = new PostgresHealthIndicator({ config, schema: 'order_service', entities: [], migrations: [] });
  registry.register(indicator);
  const [checked] = await registry.check();
  await indicator.onApplicationShutdown();
  return { status: checked?.status, reason: checked?.details?.['reason'] };
}

describe('PostgreSQL on the health page', () => {
  it('is up when it takes writes', async () => {
    expect(await healthWith()).toEqual({ status: 'up', reason: undefined });
  });

  it.each<[string, (url: URL) => void, RegExp]>([
    [
      'nothing listens at its address',
      (url) => void (url.port = '1'),
      /^the connection was refused: check that it is running/,
    ],
    ['its host is not known', (url) => void (url.hostname = 'nowhere.invalid'), /^its host name cannot be resolved/],
    [
      'the password is wrong',
      (url) => void (url.password = 'hunter2'),
      /^it rejected the log-in: check user, password/,
    ],
    ['there is no such database', (url) => void (url.pathname = '/nowhere'), /^the database does not exist/],
  ])('is down, and says what to do about it, when %s', async (_, change, expected) => {
    const { status, reason } = await healthWith(change);
    expect([status, reason]).toEqual(['down', expect.stringMatching(expected)]);
    expect(reason).not.toMatch(/hunter2|nowhere|order_service|127\.0/);
  });

  it('is down, and says so, when it takes no writes', async () => {
    const admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    const name = new URL(database.url).pathname.slice(1);
    await admin.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    const seen = await healthWith();
    await admin.query(`SET transaction_read_only = off; ALTER DATABASE ${name} RESET default_transaction_read_only`);
    await admin.end();
    expect(seen).toEqual({ status: 'down', reason: expect.stringMatching(/^it accepts no writes/) });
  });
});
