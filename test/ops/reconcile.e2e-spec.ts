import { eventually } from '@app/testing';
import { verifyAudit, type AuditProblem } from '../../tools/ops/audit/verify-audit';
import { runOps } from '../../tools/ops/cli/program';
import { RecordedConsole } from '../../tools/ops/cli/recorded-console';
import { disagreements, type Disagreement, type ReconcileOptions } from '../../tools/ops/reconcile/reconcile';
import { DAMAGE, damageApartFromOrders, EDITS } from './damage';
import { giveMoneyBackByHand } from './refunds-by-hand';
import { System } from '../system/system';

let system: System;

beforeAll(async () => {
  system = await System.start({ restart: true, env: { PAYMENT_GATEWAY_TIMEOUT_MS: '1000' } });
});

afterAll(() => system.stop());

/** What is found when everything counts that is there, however new it is. */
async function found(options: ReconcileOptions = {}): Promise<Disagreement[]> {
  const target = { databaseUrl: system.stack.databaseUrl('admin'), kafka: [system.stack.kafka] };
  return disagreements(target, { settleMs: 0, ...options });
}

async function allAgree(): Promise<void> {
  await eventually(async () => expect(await found()).toEqual([]), { timeoutMs: 30_000, intervalMs: 250 });
}

async function placeAndSettle(count: number): Promise<string[]> {
  const product = await system.newProduct(count);
  const orders = await Promise.all(Array.from({ length: count }, () => system.place({ items: [product] })));
  await Promise.all(orders.map(({ order_id }) => system.settled(order_id)));
  return orders.map(({ order_id }) => order_id);
}

describe('a system after some work', () => {
  it('agrees with itself, whatever became of its orders', async () => {
    const methods = [
      'card',
      'test_declined',
      'test_insufficient_funds',
      'test_error_after_charge',
      'test_capture_fails',
    ];
    const scarce = await system.newProduct(3);
    const orders = await Promise.all([
      ...methods.flatMap((payment_method) => Array.from({ length: 6 }, () => system.place({ payment_method }))),
      ...Array.from({ length: 10 }, () => system.place({ items: [scarce] })),
    ]);
    const third = orders.filter((_, index) => index % 3 === 0);
    await Promise.all(third.map(({ order_id }) => system.orders.post(`/orders/${order_id}/cancel`)));
    await Promise.all(orders.map(({ order_id }) => system.settled(order_id)));
    await allAgree();
  });

  it('agrees with itself after somebody has given money back at the gateway, and with orders over nothing', async () => {
    await giveMoneyBackByHand(system);
    await allAgree();
  });

  it('agrees with itself while it works: what is on its way does not count', async () => {
    const product = await system.newProduct(100_000);
    let looking = true;
    const placing = (async () => {
      while (looking) await system.place({ items: [product] });
    })();
    const looks = [await found({ settleMs: 8_000 }), await found({ settleMs: 8_000 })];
    looking = false;
    await placing;
    expect(looks).toEqual([[], []]);
    await allAgree();
  });
});

describe('an event that waits in the outbox', () => {
  it('is named until it is published', async () => {
    const { supervisor } = system.stack;
    // It may be about to tell somebody of an order before this one, and its event would wait as well.
    await supervisor.stop('notification-service');
    await supervisor.stop('kafka');
    const { order_id } = await system.place();
    const target = { databaseUrl: system.stack.databaseUrl('admin') };
    const waiting = await disagreements(target, { settleMs: 0, invariants: ['I2'] });
    await supervisor.start('kafka');
    await supervisor.start('notification-service');
    expect(waiting).toMatchObject([{ check: 'outbox', orderId: order_id, service: 'order-service' }]);
    await eventually(() => system.settled(order_id), { timeoutMs: 60_000 });
    await allAgree();
  });
});

/** Orders one of whose events is gone for good: they disagree from then on. */
const maimed = new Set<string>();

describe('an event that is lost between its order and the outbox', () => {
  it('is named, with the order that waits forever because of it', async () => {
    await system.sql(`
      CREATE FUNCTION order_service.lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE TRIGGER lose BEFORE INSERT ON order_service.outbox FOR EACH ROW EXECUTE FUNCTION order_service.lose()`);
    const { order_id } = await system.place();
    maimed.add(order_id);
    await system.sql('DROP FUNCTION order_service.lose() CASCADE');
    const lost = (await found()).filter(({ orderId }) => orderId === order_id);
    expect(lost).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ invariant: 'I1', check: 'open-order', service: 'order-service' }),
        expect.objectContaining({ invariant: 'I2', check: 'row-without-event', found: 'nowhere' }),
        expect.objectContaining({
          invariant: 'I2',
          check: 'announced',
          expected: expect.stringMatching('order_created'),
        }),
      ]),
    );
    await system.orders.post(`/orders/${order_id}/cancel`);
  });
});

describe('damage that somebody does by hand', () => {
  const damaged = new Map<string, string>();
  let findings: readonly Disagreement[];

  beforeAll(async () => {
    const orderIds = await placeAndSettle(DAMAGE.length);
    await eventually(
      async () => expect((await found()).filter(({ orderId }) => orderIds.includes(orderId ?? ''))).toEqual([]),
      { timeoutMs: 30_000, intervalMs: 500 },
    );
    for (const [index, [title, , , damage]] of DAMAGE.entries()) {
      const orderId = orderIds[index] ?? '';
      damaged.set(title, orderId);
      await damage(system, orderId);
    }
    await damageApartFromOrders(system, damaged.get('a notification that is missing') ?? '');
    findings = await found();
  });

  it.each(DAMAGE)('is named: %s (%s %s)', (title, invariant, check) => {
    const about = findings.filter(({ orderId }) => orderId === damaged.get(title));
    expect(about.map((finding) => `${finding.invariant} ${finding.check}`)).toContain(`${invariant} ${check}`);
  });

  it('is named when it is not about an order', () => {
    expect(findings.map(({ invariant, check }) => `${invariant} ${check}`)).toEqual(
      expect.arrayContaining([
        'I4 stock',
        'I2 effect-without-event',
        'I5 effect-without-order',
        'I3 money-without-payment',
      ]),
    );
  });

  it('is named with what to type, where a dead letter is the reason', () => {
    const orderId = damaged.get('a notification that is missing');
    const missing = findings.find((finding) => finding.orderId === orderId && finding.check === 'told');
    expect(missing?.mend).toMatch(/^\.\/ops failed retry [0-9a-f-]{36} --service notification-service$/);
  });

  it('does not make anything else look wrong', () => {
    const known = new Set([...damaged.values(), ...maimed]);
    const strangers = findings.filter(({ orderId }) => orderId !== null && !known.has(orderId));
    expect(strangers.map(({ check }) => check).toSorted()).toEqual(['effect-without-order', 'money-without-payment']);
  });
});

describe('./ops', () => {
  const environment = process.env;

  beforeAll(() => {
    const urls = Object.entries(system.stack.services).map(([name, url]) => [
      `${name.toUpperCase().replace('-', '_')}_URL`,
      url,
    ]);
    const stores = { OPS_DATABASE_URL: system.stack.databaseUrl('admin'), KAFKA_BOOTSTRAP_SERVERS: system.stack.kafka };
    process.env = { ...environment, ...Object.fromEntries(urls), ...stores };
  });

  afterAll(() => {
    process.env = environment;
  });

  async function ops(...words: string[]): Promise<{ exit: number; text: string; notes: string[] }> {
    const console = new RecordedConsole();
    const exit = await runOps(words, console);
    return { exit, text: console.text, notes: console.notes };
  }

  it('shows the state of all services in one table', async () => {
    const { text, exit } = await ops('status');
    expect(text).toMatch(/^payment-service +up +– +0 +0 +– +0 +0 +0 +0$/m);
    expect(text).toMatch(/^orders +\d+ pending, \d+ paid, \d+ confirmed, \d+ cancelled/m);
    // Of the damage above: a dead letter, and a payment that stays unknown.
    expect(text).toMatch(/^payments +1 unknown/m);
    expect(exit).toBe(1);
  });

  it('finds the dead letter and shows it', async () => {
    const { text, exit } = await ops('failed', 'list', '--service', 'notification');
    expect(text).toMatch(/notification +dead_lettered +order_confirmed/);
    expect(exit).toBe(1);
    const id = text.split('\n')[1]?.split(' ')[0] ?? '';
    expect((await ops('failed', 'show', id)).text).toMatch(/service +notification-service/);
  });

  it('verifies the trail of an order, and names the entry that was edited', async () => {
    const [order] = await system.sql<{ order_id: string }>(`SELECT order_id FROM order_events WHERE actor = 'nobody'`);
    const { text, exit } = await ops('audit', 'verify', '--order', order?.order_id ?? '');
    expect(text).toMatch(/^order [0-9a-f-]{36} \([0-9A-Z]{4}-[0-9A-Z]{4}\): entry 2 is not what its hash says/m);
    expect(exit).toBe(1);
  });

  it('discards it as a job, once it was seen what that would do', async () => {
    const bulk = ['failed', 'discard', '--topic', 'order_confirmed', '--reason', 'made up by a test'];
    const dry = await ops(...bulk, '--service', 'notification', '--dry-run');
    expect(dry.text).toMatch(/notification-service +1 +1 +0/);
    const done = await ops(...bulk, '--service', 'notification');
    expect(done).toMatchObject({ exit: 0, text: expect.stringMatching('discard done, 1 of 1 released') });
    expect((await ops('failed', 'list')).text).toBe('No failed messages.');
  });

  it('reconciles', async () => {
    const { text, exit } = await ops('reconcile', '--settle', '0s', '--only', 'I4');
    expect(text).toMatch(/I4 stock, inventory-service: product TEST-.*\n +expected +\d+ pieces.*\n +found +\d+ pieces/);
    expect(exit).toBe(1);
  });
});

describe('an audit trail that somebody has edited as administrator', () => {
  it.each(EDITS)('is found out: %s', async (_, statement, entry, says) => {
    const { order_id } = await system.place({ items: [await system.newProduct(1)] });
    await system.settled(order_id);
    await eventually(async () => expect(await trailOf(order_id)).toHaveLength(4));
    expect(await problemsOf(order_id)).toEqual([]);
    await system.sql(statement, [order_id]);
    const [problem] = await problemsOf(order_id);
    expect(problem).toMatchObject({ orderId: order_id, entry });
    expect(problem?.problems[0]).toMatch(says);
  });

  async function trailOf(orderId: string): Promise<object[]> {
    return system.sql('SELECT number FROM order_events WHERE order_id = $1', [orderId]);
  }

  async function problemsOf(orderId: string): Promise<AuditProblem[]> {
    const found: AuditProblem[] = [];
    const client = { query: async (text: string, values: unknown[]) => ({ rows: await system.sql(text, values) }) };
    for await (const problem of verifyAudit(client as never, { orderIds: [orderId] })) found.push(problem);
    return found;
  }
});
