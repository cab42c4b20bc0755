import { eventually, TcpProxy } from '@app/testing';
import { Client } from 'pg';
import { DOCUMENTED_REQUEST, RunningOrderService, type Answer } from '../../test/running-order-service';

interface Problem {
  readonly code: string;
  readonly detail: string;
}

const READ_ONLY = 'SET default_transaction_read_only = on';
const WRITABLE = 'RESET default_transaction_read_only';

/** From the end of an outage until a service is ready and takes orders again. */
const RECOVERY_MS = 3_000;

/** Recognises the COMMIT of the transaction in which this user's order is stored. */
function commitOf(userId: string): (request: Buffer) => boolean {
  let stored = false;
  return (request) => {
    stored ||= request.includes(userId);
    return stored && request.includes('COMMIT');
  };
}

describe.each([['1'], ['12']])('with a pool of %s', (poolSize) => {
  let stopAll: () => Promise<void>;
  let reached: TcpProxy;
  let service: RunningOrderService;
  let admin: Client;

  beforeAll(async () => {
    const bare = await RunningOrderService.start();
    const { hostname: host, port } = new URL(bare.database.url);
    reached = await TcpProxy.open({ host, port: Number(port) });
    const env = { DATABASE_URL: reached.through(bare.database.url), DATABASE_POOL_SIZE: poolSize };
    service = await RunningOrderService.start({ env }, bare.database);
    // Whatever becomes of the database, this session may write.
    const options = '-c default_transaction_read_only=off -c search_path=order_service';
    admin = new Client({ connectionString: bare.database.adminUrl, options });
    await admin.connect();
    stopAll = async () => {
      await service.stop();
      await admin.end();
      await reached.close();
      await bare.stop();
    };
  });
  afterAll(() => stopAll());
  afterEach(() => reached.heal());

  const post = (
    userId: string,
    headers: Record<string, string> = {},
  ): Promise<Answer<{ order_id: string } & Problem>> =>
    service.post('/orders', { ...DOCUMENTED_REQUEST, user_id: userId }, headers);
  const changeServer = async (change: string) => {
    await admin.query(`ALTER SYSTEM ${change}`);
    await admin.query('SELECT pg_reload_conf()');
  };
  const changeDatabase = (change: string) => admin.query(`ALTER DATABASE ${admin.database ?? ''} ${change}`);
  const readiness = async (): Promise<number> => (await fetch(`${service.url}/health/ready`)).status;
  const endSessions = () =>
    admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'order_service' AND datname = current_database()`,
    );
  async function storedFor(userId: string): Promise<string[]> {
    const { rows } = await admin.query<{ id: string }>('SELECT order_id AS id FROM orders WHERE user_id = $1', [
      userId,
    ]);
    return rows.map(({ id }) => id);
  }

  describe('a database that', () => {
    it.each<[string, () => Promise<unknown>, () => Promise<unknown>]>([
      [
        'refuses the password',
        () => admin.query(`ALTER ROLE order_service PASSWORD 'another one'`).then(endSessions),
        () => admin.query(`ALTER ROLE order_service PASSWORD 'order_service'`),
      ],
      ['has become read-only', () => changeServer(READ_ONLY), () => changeServer(WRITABLE)],
      [
        'is read-only for new sessions',
        () => changeDatabase(READ_ONLY).then(endSessions),
        () => changeDatabase(WRITABLE),
      ],
    ])(
      '%s makes orders fail as 503 with Retry-After and the service not ready, and both end with it',
      async (what, begin, end) => {
        const userId = `${what} ${poolSize}`;
        expect((await post(userId)).status).toBe(201);
        await begin();
        try {
          await eventually(async () => expect(await readiness()).toBe(503), { timeoutMs: RECOVERY_MS });
          for (let n = 0; n < 5; n += 1) {
            const { status, headers, body } = await post(userId);
            expect([status, body.code, Number(headers.get('retry-after'))]).toEqual([503, 'SERVICE.UNAVAILABLE', 2]);
          }
          expect(await readiness()).toBe(503);
        } finally {
          await end();
        }
        await eventually(async () => expect(await readiness()).toBe(200), { timeoutMs: RECOVERY_MS });
        const answers = await Promise.all(Array.from({ length: 12 }, () => post(userId)));
        expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
        expect(await storedFor(userId)).toHaveLength(13);
      },
    );
  });

  describe('a COMMIT of which', () => {
    it.each([
      ['the answer is lost', 'answers', {}],
      ['the answer is lost', 'answers', { 'idempotency-key': `lost answer ${poolSize}` }],
      ['the request is lost', 'requests', {}],
      ['the request is lost', 'requests', { 'idempotency-key': `lost request ${poolSize}` }],
    ] as const)('%s (%s, headers %j) is an order all the same, once', async (_, lost, headers) => {
      const userId = `${lost} ${Object.keys(headers).join()} ${poolSize}`;
      reached.lose(lost, commitOf(userId));
      const { status, body } = await post(userId, headers);
      expect([status, await storedFor(userId)]).toEqual([201, [body.order_id]]);
      if (!('idempotency-key' in headers)) return;
      const again = await post(userId, headers);
      expect([again.status, again.headers.get('idempotent-replayed'), again.body]).toEqual([201, 'true', body]);
      expect(await storedFor(userId)).toHaveLength(1);
    });

    it.each([
      ['answers', 1],
      ['requests', 0],
    ] as const)('the %s are lost together with the database is answered with what is known', async (lost, stored) => {
      const userId = `unknown ${lost} ${poolSize}`;
      const isCommit = commitOf(userId);
      reached.lose(lost, (request) => {
        if (!isCommit(request)) return false;
        reached.refuse();
        reached.freeze('answers');
        setTimeout(() => reached.cut(), 100);
        return true;
      });
      const unknown = await post(userId);
      expect([unknown.status, unknown.body.code]).toEqual([503, 'ORDER.OUTCOME_UNKNOWN']);
      expect(unknown.headers.get('retry-after')).toBe('2');
      const [, orderId = ''] = /GET \/orders\/(\S+) will show it/.exec(unknown.body.detail) ?? [];
      reached.heal();
      const told = await eventually(async () => {
        const { status } = await service.get(`/orders/${orderId}`);
        expect([200, 404]).toContain(status);
        return status;
      });
      expect([told, (await storedFor(userId)).length]).toEqual([stored === 1 ? 200 : 404, stored]);
    });
  });
});
