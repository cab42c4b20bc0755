import { commonConfig, defineConfig, StartupError } from '@app/platform';
import { infrastructureUrls } from '@app/testing';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { Column, DataSource, Entity, PrimaryColumn, type MigrationInterface, type QueryRunner } from 'typeorm';
import { isDatabaseTimeout, isDatabaseUnavailable } from './database-errors';
import { dataSourceOptions, type DatabaseOptions } from './connection/data-source-options';
import { migrate } from './migrate';

const url = asOrderService(infrastructureUrls().adminUrl);

function asOrderService(adminUrl: string): string {
  const own = new URL(adminUrl);
  own.username = own.password = 'order_service';
  return own.toString();
}

class CreatePlatformTrial1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE platform_trial (id int PRIMARY KEY, price numeric(12,2), big int8)');
    await runner.query('SELECT pg_sleep(0.2)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE platform_trial');
  }
}

@Entity('platform_trial')
class TrialEntity {
  @PrimaryColumn('int')
  id!: number;

  @Column('numeric', { precision: 12, scale: 2, nullable: true })
  price!: string | null;

  @Column('int8', { nullable: true })
  big!: string | null;
}

function options(env: Record<string, string> = {}): DatabaseOptions {
  const load = defineConfig(commonConfig({ port: 0, databaseUser: 'order_service' }));
  const config = load({ DATABASE_URL: url, DATABASE_POOL_SIZE: '2', DATABASE_START_TIMEOUT_MS: '300', ...env });
  return { config, schema: 'order_service', entities: [TrialEntity], migrations: [CreatePlatformTrial1700000000000] };
}

const open = (env?: Record<string, string>) => new DataSource(dataSourceOptions(options(env))).initialize();
const reason = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

let dataSource: DataSource;
beforeAll(async () => {
  dataSource = await open();
  await dataSource.query('DROP TABLE IF EXISTS platform_trial, migrations');
});
afterAll(async () => {
  await dataSource.query('DROP TABLE IF EXISTS platform_trial, migrations');
  await dataSource.destroy();
});

describe('several replicas starting at once', () => {
  it('migrate the schema once', async () => {
    await Promise.all([migrate(options()), migrate(options()), migrate(options())]);
    expect(await dataSource.query('SELECT count(*)::int AS n FROM migrations')).toEqual([{ n: 1 }]);
  });

  it('wait for PostgreSQL, but not forever, and name it without the password', async () => {
    const lost = options({ DATABASE_URL: 'postgres://someone:hidden@127.0.0.1:1/db' });
    const error = await reason(migrate(lost));
    expect(error).toBeInstanceOf(StartupError);
    expect(String(error)).toMatch(/someone@127.0.0.1:1\/db did not come up in 300 ms/);
    expect(String(error)).not.toContain('hidden');
  });

  it('are told at once that the database does not exist', async () => {
    const error = await reason(migrate(options({ DATABASE_URL: url.replace(/[^/]+$/, 'nowhere') })));
    expect(String(error)).toMatch(/refuses the connection/);
  });
});

describe('a connection of a service', () => {
  it('finds its own tables, goes by an index where there is one, alone, and says who it is', async () => {
    const rows: unknown = await dataSource.query(
      `SELECT current_setting('search_path') AS path, current_setting('enable_seqscan') AS seqscan,
              current_setting('max_parallel_workers_per_gather') AS workers,
              current_setting('application_name') AS name, current_setting('statement_timeout') AS statement`,
    );
    const expected = { path: 'order_service', seqscan: 'off', workers: '0', name: 'order-service', statement: '4s' };
    expect(rows).toEqual([expected]);
  });

  it('keeps money exact and big numbers as text', async () => {
    const repository = dataSource.getRepository(TrialEntity);
    await repository.save({ id: 1, price: '9999999999.99', big: '9007199254740993' });
    expect(await dataSource.query('SELECT price::text FROM platform_trial')).toEqual([{ price: '9999999999.99' }]);
    const expected = { id: 1, price: '9999999999.99', big: '9007199254740993' };
    expect(await repository.findOneByOrFail({ id: 1 })).toEqual(expected);
  });

  it('gives a statement up that takes too long', async () => {
    const hasty = await open({ DATABASE_STATEMENT_TIMEOUT_MS: '50' });
    const error = await reason(hasty.query('SELECT pg_sleep(5)'));
    expect([isDatabaseTimeout(error), isDatabaseUnavailable(error)]).toEqual([true, false]);
    await hasty.destroy();
  });

  it('reports a pool without a free connection as unavailable', async () => {
    const [one, two] = [dataSource.createQueryRunner(), dataSource.createQueryRunner()];
    await Promise.all([one.connect(), two.connect()]);
    expect(isDatabaseUnavailable(await reason(dataSource.query('SELECT 1')))).toBe(true);
    await Promise.all([one.release(), two.release()]);
    expect(await dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('a PostgreSQL that freezes in the middle of a transaction', () => {
  let proxy: Server;
  let frozen = false;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    const { hostname, port } = new URL(url);
    proxy = createServer((near) => {
      const far = connect(Number(port), hostname);
      sockets.push(near, far);
      for (const socket of [near, far]) socket.on('error', () => undefined);
      near.on('data', (data) => (frozen ? undefined : far.write(data)));
      far.on('data', (data) => (frozen ? undefined : near.write(data)));
      near.on('close', () => far.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => proxy.close(resolve));
  });

  it('fails the work as unavailable and leaves no half transaction in the pool', async () => {
    const address = new URL(url);
    address.port = String((proxy.address() as AddressInfo).port);
    const shaky = await open({ DATABASE_URL: address.href, DATABASE_STATEMENT_TIMEOUT_MS: '100' });
    const work = shaky.transaction(async (manager) => {
      await manager.query('INSERT INTO platform_trial (id) VALUES (7)');
      frozen = true;
      await manager.query('SELECT 1');
    });
    expect(isDatabaseUnavailable(await reason(work))).toBe(true);
    frozen = false;
    await shaky.transaction((manager) => manager.query('INSERT INTO platform_trial (id) VALUES (8)'));
    expect(await shaky.query('SELECT id FROM platform_trial WHERE id > 1')).toEqual([{ id: 8 }]);
    await shaky.destroy();
  });
});
