import { shutDown } from '@app/platform';
import { anOrderId, eventually, TcpProxy } from '@app/testing';
import { anEventOf, startNotifications, type NotificationSystem } from '../../test/notification-system';

/** Answers are late soon, and the last one is waited for as long as the default says. */
const LATE_SOON = { SMTP_SOCKET_TIMEOUT_MS: '300', DELIVERY_TIMEOUT_MS: '1000', DELIVERY_MAX_ATTEMPTS: '3' };
/** With a short time-out for the final answer too. */
const LITTLE_PATIENCE = { ...LATE_SOON, SMTP_FINAL_ANSWER_TIMEOUT_MS: '600' };

let system: NotificationSystem;
afterEach(() => system.close());

interface Row {
  readonly notification_type: string;
  readonly status: string;
  readonly attempts: number;
  readonly held_by: string | null;
  readonly last_error: string | null;
}

const rowsOf = (orderId: string): Promise<Row[]> =>
  system.query<Row & Record<string, unknown>>(
    `SELECT notification_type, status, attempts, held_by, last_error FROM notifications WHERE order_id = $1 ORDER BY position`,
    [orderId],
  );

async function outcomesOf(orderId: string): Promise<Row[]> {
  return eventually(
    async () => {
      const rows = await rowsOf(orderId);
      expect(rows.filter(({ status }) => status === 'pending')).toEqual([]);
      return rows;
    },
    { timeoutMs: 30_000 },
  );
}

const subjects = (): string[] => system.mailServer.mails.map(({ subject }) => subject.replace(/^.* is /, ''));
const copies = (): number[] =>
  [...Map.groupBy(system.mailServer.mails, ({ messageId }) => messageId).values()].map(({ length }) => length);
const announced = (orderId: string) =>
  system.query<{ type: string; reason: string | null }>(
    `SELECT type, payload::jsonb ->> 'reason' AS reason FROM outbox WHERE aggregateid = $1 ORDER BY position`,
    [orderId],
  );

describe('a mail whose server answers for it later than for anything else', () => {
  it('is sent once, counted once, and what comes after it follows', async () => {
    system = await startNotifications(LATE_SOON, 2);
    const orderId = anOrderId();
    // Longer than every other time-out, and than an attempt may take.
    system.mailServer.answerAfterMs = () => (system.mailServer.mails.length === 1 ? 4_000 : 0);
    await system.handle([anEventOf.order_received(orderId), anEventOf.order_paid(orderId)]);
    await eventually(async () =>
      expect((await rowsOf(orderId))[0]).toMatchObject({ status: 'pending', attempts: 1, held_by: 'worker' }),
    );
    await system.handle([anEventOf.order_confirmed(orderId)], 1);
    expect(await outcomesOf(orderId)).toMatchObject([
      { status: 'sent', attempts: 1 },
      { status: 'sent', attempts: 1 },
      { status: 'sent', attempts: 1 },
    ]);
    expect(copies()).toEqual([1, 1, 1]);
    expect(system.mailServer.mails[0]?.subject).toMatch(/received/);
    expect(await announced(orderId)).toEqual(Array(3).fill({ type: 'notification_sent', reason: null }));
  });

  it('is refused when the answer says so', async () => {
    system = await startNotifications(LATE_SOON);
    const orderId = anOrderId();
    system.mailServer.answerAfterMs = () => 1_500;
    system.mailServer.onMail = () => ({ code: 554, text: 'a virus' });
    await system.handle([anEventOf.order_received(orderId)]);
    expect(await outcomesOf(orderId)).toMatchObject([{ status: 'failed', attempts: 1 }]);
    expect(await announced(orderId)).toEqual([{ type: 'notification_failed', reason: 'rejected' }]);
  });
});

describe('a mail for which there is no answer', () => {
  it.each(['take and hang', 'take and break'] as const)(
    'is sent as often as attempts are allowed and not once more, and what comes after it follows (%s)',
    async (how) => {
      system = await startNotifications(LITTLE_PATIENCE, 2);
      const orderId = anOrderId();
      system.mailServer.onMail = () => (system.mailServer.mails.length < 3 ? how : undefined);
      await system.handle([anEventOf.order_received(orderId), anEventOf.order_paid(orderId)]);
      expect(await outcomesOf(orderId)).toMatchObject([
        { notification_type: 'order_received', status: 'failed', attempts: 3 },
        { notification_type: 'order_paid', status: 'sent', attempts: 1 },
      ]);
      expect(copies()).toEqual([3, 1]);
      expect(await announced(orderId)).toEqual([
        { type: 'notification_failed', reason: 'exhausted' },
        { type: 'notification_sent', reason: null },
      ]);
    },
  );

  it('is not sent again when its order was cancelled meanwhile', async () => {
    system = await startNotifications(LITTLE_PATIENCE, 2);
    const orderId = anOrderId();
    system.mailServer.onMail = () => (system.mailServer.mails.length === 0 ? 'take and hang' : undefined);
    await system.handle([anEventOf.order_confirmed(orderId)]);
    await eventually(async () => expect(await rowsOf(orderId)).toMatchObject([{ attempts: 1, held_by: 'worker' }]));
    await system.handle([anEventOf.order_cancelled(orderId)], 1);
    expect(await outcomesOf(orderId)).toMatchObject([
      { notification_type: 'order_confirmed', status: 'superseded', attempts: 1 },
      { notification_type: 'order_cancelled', status: 'sent' },
    ]);
    expect(copies()).toEqual([1, 1]);
    expect(subjects().at(-1)).toMatch(/cancelled/);
  });

  it('is left as unknown by a process that ends while it waits, to be tried again at its time', async () => {
    system = await startNotifications({ ...LATE_SOON, DELIVERY_UNKNOWN_RETRY_BASE_MS: '600000' }, 2);
    const orderId = anOrderId();
    system.mailServer.onMail = () => 'take and hang';
    await system.handle([anEventOf.order_received(orderId)]);
    await eventually(async () => expect(await rowsOf(orderId)).toMatchObject([{ attempts: 1, held_by: 'worker' }]));
    const [ending] = system.replicas;
    const begun = performance.now();
    await shutDown(ending!, 20_000);
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(await rowsOf(orderId)).toMatchObject([{ status: 'pending', attempts: 1, held_by: null }]);
    expect(copies()).toEqual([1]);
  });
});

describe('the last attempt of a process that died while it waited for the answer', () => {
  it('is the last one', async () => {
    system = await startNotifications(LATE_SOON);
    const orderId = anOrderId();
    await system.query(
      `INSERT INTO notifications (notification_id, order_id, created_at, due_at, position, attempts, user_id,
         notification_type, channel, status, held_by, recipient, facts, correlation_id)
       VALUES (gen_random_uuid(), $1, now(), now(), 1, 3, 'user_123', 'order_paid', 'email', 'pending', 'worker',
         'user_123@example.test', '{"currency":"USD","amount":1}', 'c')`,
      [orderId],
    );
    expect(await outcomesOf(orderId)).toMatchObject([{ status: 'failed', attempts: 3 }]);
    expect(await announced(orderId)).toEqual([{ type: 'notification_failed', reason: 'exhausted' }]);
    expect(copies()).toEqual([]);
  });
});

describe('one customer whose server never answers', () => {
  it('delays nobody else', async () => {
    system = await startNotifications({ LOG_LEVEL: 'fatal', DELIVERY_SWEEP_INTERVAL_MS: '200' });
    system.mailServer.onMail = (recipient) => (recipient.startsWith('slow') ? 'take and hang' : undefined);
    const quick = Array.from({ length: 200 }, () => anOrderId());
    const slow = Array.from({ length: 20 }, () => anOrderId());
    await system.handle([
      ...slow.map((orderId) => anEventOf.order_received(orderId, 'slow')),
      ...quick.map((orderId, number) => anEventOf.order_received(orderId, `quick-${number}`)),
    ]);
    const p90 = await eventually(
      async () => {
        const [row] = await system.query<{ sent: number; p90: number }>(
          `SELECT count(sent_at)::int AS sent,
             extract(epoch FROM percentile_cont(0.9) WITHIN GROUP (ORDER BY sent_at - created_at))::float AS p90
           FROM notifications WHERE user_id LIKE 'quick%'`,
        );
        expect(row?.sent).toBe(200);
        return row?.p90;
      },
      { timeoutMs: 20_000 },
    );
    expect(p90).toBeLessThan(2);
    const slowCopies = system.mailServer.mails.filter(({ to }) => to.startsWith('slow')).length;
    // One, and those which were on their way before it was known to be slow.
    expect(slowCopies).toBeLessThanOrEqual(3);
    const health = await system.inject('GET', '/health');
    expect(health.body).toMatchObject({ dependencies: { smtp: { status: 'up' } } });
  });
});

describe('a connection to the mail server that freezes', () => {
  it('costs a few seconds, and mails go on within three of its recovery', async () => {
    const proxied: { proxy?: TcpProxy } = {};
    system = await startNotifications(
      { DELIVERY_TIMEOUT_MS: '30000', SMTP_CONNECTION_TIMEOUT_MS: '5000', DELIVERY_SWEEP_INTERVAL_MS: '1000' },
      1,
      async (url) => {
        proxied.proxy = await TcpProxy.open({ port: Number(new URL(url).port) });
        return proxied.proxy.through(url);
      },
    );
    const { proxy } = proxied;
    if (proxy === undefined) throw new Error('no proxy');
    const wave = (name: string) =>
      system.handle(Array.from({ length: 40 }, (_, n) => anEventOf.order_received(anOrderId(), `${name}-${n}`)));
    await wave('before');
    await eventually(() => expect(system.mailServer.mails).toHaveLength(40));
    proxy.freeze('answers');
    await wave('during');
    await eventually(
      async () =>
        expect((await system.inject('GET', '/health')).body).toMatchObject({
          dependencies: { smtp: { status: 'down' } },
        }),
      { timeoutMs: 6_000 },
    );
    await eventually(
      async () => {
        const [row] = await system.query<{ n: number }>(
          `SELECT count(*)::int AS n FROM notifications WHERE last_error IS NOT NULL`,
        );
        expect(row?.n).toBeGreaterThanOrEqual(5);
      },
      { timeoutMs: 11_000 },
    );
    const arrivedBefore = system.mailServer.mails.length;
    proxy.heal();
    const healed = performance.now();
    await eventually(() => expect(system.mailServer.mails.length).toBeGreaterThan(arrivedBefore), { timeoutMs: 3_000 });
    await eventually(
      async () => {
        const [row] = await system.query<{ n: number }>(
          `SELECT count(*)::int AS n FROM notifications WHERE status = 'pending'`,
        );
        expect(row?.n).toBe(0);
      },
      { timeoutMs: 30_000 },
    );
    expect(performance.now() - healed).toBeLessThan(30_000);
    // Nothing was handed over while nothing was heard, so nothing was sent twice.
    expect(copies().filter((number) => number > 1)).toEqual([]);
    proxy.cut();
    await wave('after');
    await eventually(() => expect(new Set(system.mailServer.mails.map(({ to }) => to)).size).toBe(120));
    await proxy.close();
  });
});
