import { messagingIdentityOf } from '@app/events';
import { CommitOutcomeUnknown, isDatabaseUnavailable, sqlState } from '@app/postgres';
import { createTestDatabase, TcpProxy, type TestDatabase } from '@app/testing';
import { Client } from 'pg';
import { openCore } from '../../test/core';
import { classifyFailure } from '../failed/failure';
import { MessagingOptions } from '../messaging-options';
import type { UnitOfWork } from './unit-of-work';

let database: TestDatabase;
let admin: Client;
let proxy: TcpProxy;
let core: Awaited<ReturnType<typeof openCore>>;

beforeEach(async () => {
  database = await createTestDatabase('order-service');
  admin = new Client({ connectionString: database.adminUrl, options: '-c search_path=order_service' });
  await admin.connect();
  const { hostname, port } = new URL(database.url);
  proxy = await TcpProxy.open({ host: hostname, port: Number(port) });
  core = await open(1);
  await core.transactions.run((unitOfWork) => unitOfWork.query('CREATE TABLE trial (n int, price numeric(12,2))'));
});
afterEach(async () => {
  await core.close();
  await proxy.close();
  await admin.end();
  await database.drop();
});

function open(poolSize: number) {
  const options = new MessagingOptions({
    ...messagingIdentityOf('order-service'),
    brokers: [],
    databaseUrl: proxy.through(database.url),
    partitions: 1,
    replicationFactor: 1,
  });
  return openCore(options, poolSize);
}

const writeRow = (unitOfWork: UnitOfWork, n: number) =>
  unitOfWork.query<{ price: string }>('INSERT INTO trial VALUES ($1, 1) RETURNING n, price', [n]);
const write = (n: number) => core.transactions.run((unitOfWork) => writeRow(unitOfWork, n));
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

async function written(): Promise<number[]> {
  const { rows } = await admin.query<{ n: number }>('SELECT n FROM trial ORDER BY n');
  return rows.map(({ n }) => n);
}

async function setReadOnly(value: 'on' | 'off'): Promise<void> {
  const { rows } = await admin.query<{ name: string }>('SELECT current_database() AS name');
  await admin.query(`ALTER DATABASE ${rows[0]?.name} SET default_transaction_read_only = ${value}`);
}

const setPassword = (password: string) => admin.query(`ALTER ROLE order_service PASSWORD '${password}'`);

const terminateOthers = () =>
  admin.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );

describe('work on a session that has become useless', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['because a column has another type', () => admin.query('ALTER TABLE trial ALTER price TYPE numeric(14,3)')],
    ['because a column became text', () => admin.query('ALTER TABLE trial ALTER price TYPE text')],
    ['because its prepared statements are gone', () => onSession('DEALLOCATE ALL')],
    ['because a pooler has reset it', () => onSession('DISCARD ALL')],
    ['because another schema is searched', () => onSession('SET search_path = nowhere')],
    ['because it has been made read-only', () => onSession('SET default_transaction_read_only = on')],
  ])('%s is done on another one, once', async (_why, spoil) => {
    await write(1);
    await spoil();
    await write(2);
    await write(3);
    expect(await written()).toEqual([1, 2, 3]);
  });

  it('because a statement of that name is there already is done on another one, once', async () => {
    await write(1);
    await onSession(TAKE_NAMES);
    await core.transactions.run((unitOfWork) => unitOfWork.query('INSERT INTO trial (n) VALUES ($1)', [2]));
    expect(await written()).toEqual([1, 2]);
  });

  it('because it is cut in the middle of an answer is done on another one, once', async () => {
    await write(1);
    let tries = 0;
    await core.transactions.run(async (unitOfWork) => {
      tries += 1;
      await writeRow(unitOfWork, 2);
      if (tries === 1) proxy.cutAfterAnswerBytes(7);
      await writeRow(unitOfWork, 3);
    });
    expect([tries, await written()]).toEqual([2, [1, 2, 3]]);
  });

  it('because the server has ended it is done on another one, once', async () => {
    await write(1);
    let tries = 0;
    await core.transactions.run(async (unitOfWork) => {
      tries += 1;
      if (tries === 1) await terminateOthers();
      await writeRow(unitOfWork, 2);
    });
    expect([tries, await written()]).toEqual([2, [1, 2]]);
  });

  it('is not done forever: what a new session cannot do either is an outage, and nothing is held against it', async () => {
    await write(1);
    await setReadOnly('on');
    await onSession('SET default_transaction_read_only = on');
    let tries = 0;
    const failure = await failureOf(
      core.transactions.run(async (unitOfWork) => {
        tries += 1;
        await writeRow(unitOfWork, 2);
      }),
    );
    expect([tries, isDatabaseUnavailable(failure), classifyFailure(failure)]).toEqual([2, true, 'infrastructure']);
    expect(await written()).toEqual([1]);
  });

  it('is not done forever when the password was changed: that is an outage, over as soon as the password is put back', async () => {
    await write(1);
    await setPassword('another one');
    try {
      await terminateOthers();
      let tries = 0;
      const work = core.transactions.run((unitOfWork) => writeRow(unitOfWork, (tries += 1)));
      const failure = await failureOf(work);
      expect([sqlState(failure), isDatabaseUnavailable(failure)]).toEqual(['28P01', true]);
      expect([tries, classifyFailure(failure)]).toEqual([0, 'infrastructure']);
    } finally {
      await setPassword('order_service');
    }
    await write(2);
    expect(await written()).toEqual([1, 2]);
  });

  it('is not done forever when the error was that of another connection', async () => {
    await write(1);
    let tries = 0;
    const work = core.transactions.run(() => {
      tries += 1;
      // Only so that a loop without end would end here.
      if (tries > 20) return Promise.resolve();
      return Promise.reject(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
    });
    expect([String(await failureOf(work)), tries]).toEqual(['Error: read ECONNRESET', 2]);
  });

  it('leaves a statement that is wrong on every session with its own error', async () => {
    await write(1);
    const failure = await failureOf(core.transactions.run((unitOfWork) => unitOfWork.query('SELECT 1 FROM nowhere')));
    expect(classifyFailure(failure)).toBe('permanent');
    await write(2);
    expect(await written()).toEqual([1, 2]);
  });
});

describe('sessions that were opened while the database was read-only', () => {
  it('fail nothing when it is not any more', async () => {
    await core.close();
    await setReadOnly('on');
    core = await open(4);
    const reads = Array.from({ length: 4 }, () => core.dataSource.query('SELECT pg_sleep(0.1)'));
    await Promise.all(reads);
    await setReadOnly('off');
    await Promise.all(Array.from({ length: 8 }, (_, n) => write(n)));
    expect(await written()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});

describe('a COMMIT whose answer is lost', () => {
  it('is reported as unknown and run only once, whatever became of it', async () => {
    await write(1);
    const lostAnswer = core.transactions.run(async (unitOfWork) => {
      unitOfWork.beforeCommit(() => Promise.resolve(proxy.cutAfterAnswerBytes(0)));
      await writeRow(unitOfWork, 2);
    });
    const failure = await failureOf(lostAnswer);
    expect(failure).toBeInstanceOf(CommitOutcomeUnknown);
    expect([isDatabaseUnavailable(failure), classifyFailure(failure)]).toEqual([true, 'infrastructure']);
    const lostRequest = core.transactions.run(async (unitOfWork) => {
      unitOfWork.beforeCommit(() => {
        proxy.freeze('requests');
        setTimeout(() => proxy.cut(), 50);
        return Promise.resolve();
      });
      await writeRow(unitOfWork, 3);
    });
    expect(await failureOf(lostRequest)).toBeInstanceOf(CommitOutcomeUnknown);
    proxy.heal();
    await write(4);
    expect(await written()).toEqual([1, 2, 4]);
  });

  it('is not unknown when PostgreSQL has refused it: then it says what is wrong', async () => {
    await admin.query('ALTER TABLE trial ADD UNIQUE (n) DEFERRABLE INITIALLY DEFERRED');
    await write(1);
    const failure = await failureOf(write(1));
    expect(failure).not.toBeInstanceOf(CommitOutcomeUnknown);
    expect(classifyFailure(failure)).toBe('permanent');
  });
});

describe('a server whose answers do not arrive', () => {
  it('costs five seconds; the session is not used again, and no late answer is taken for another', async () => {
    await write(1);
    const begun = performance.now();
    const failure = await failureOf(
      core.transactions.run(async (unitOfWork) => {
        proxy.freeze('answers');
        await writeRow(unitOfWork, 2);
      }),
    );
    expect(isDatabaseUnavailable(failure)).toBe(true);
    expect(performance.now() - begun).toBeLessThan(6_000);
    proxy.heal();
    const [row] = await core.transactions.run((unitOfWork) => unitOfWork.query<{ x: number }>('SELECT 42 AS x'));
    expect([row?.x, await written()]).toEqual([42, [1]]);
  });
});

/** Takes every name a statement may get that is not taken. */
const TAKE_NAMES = `
  DO $$ BEGIN
    FOR n IN 1..200 LOOP
      BEGIN EXECUTE format('PREPARE s%s AS SELECT 1', n); EXCEPTION WHEN duplicate_prepared_statement THEN NULL; END;
    END LOOP;
  END $$`;

/** Runs statements on the only session of the pool, as somebody who shares it might. */
function onSession(statements: string): Promise<unknown> {
  return core.dataSource.query(statements);
}
