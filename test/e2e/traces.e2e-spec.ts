import { eventually } from '@app/testing';
import { randomBytes } from 'node:crypto';
import { RecordedConsole } from '../../tools/ops/cli/recorded-console.ts';
import { orderCommand } from '../../tools/ops/order/order-command.ts';
import { KafkaProbe, type TopicRecord } from '../system/kafka';
import { System } from '../system/system';
import { type CollectedSpan, TraceCollector } from '../system/trace-collector';
import {
  DECLINED,
  flawsOf,
  MAILS_OF_PAID,
  namesIn,
  ORDER_TOPICS,
  PAID,
  pathToRoot,
  PLACED,
  stepsIn,
  WHOLE,
} from '../system/trace-tree';

const PATIENCE = { timeoutMs: 60_000, intervalMs: 250 };

let collector: TraceCollector;
let system: System;
let kafka: KafkaProbe;

beforeAll(async () => {
  collector = await TraceCollector.start();
  system = await System.start({ restart: true, env: { ...collector.env, ORDER_DEADLINE_MS: '45000' } });
  kafka = new KafkaProbe(system.stack.kafka);
}, 300_000);

afterAll(async () => {
  await system.stop();
  await collector.stop();
});

/** The spans of the trace that an order is in: found by the record key, as an operator does. */
function traceOf(orderId: string): CollectedSpan[] {
  return collector.of(collector.spans.find((span) => span.attributes['kafka.message.key'] === orderId)?.traceId ?? '');
}

async function expectTrace(orderId: string, expected: readonly string[]): Promise<CollectedSpan[]> {
  await eventually(() => expect(stepsIn(traceOf(orderId))).toEqual(expected.toSorted()), PATIENCE);
  expect(flawsOf(traceOf(orderId))).toEqual([]);
  return traceOf(orderId);
}

describe('the trace of an order that is confirmed', () => {
  let spans: readonly CollectedSpan[];
  let orderId: string;

  beforeAll(async () => {
    orderId = (await system.place()).order_id;
    spans = await expectTrace(orderId, WHOLE);
  });

  it('is one tree over four services, in which each step follows from the one before', () => {
    const capture = spans.find(({ name }) => name === 'capture payment');
    expect(pathToRoot(spans, capture)).toEqual([
      'capture payment',
      'process order_confirmed',
      'send order_confirmed',
      'process inventory_updated',
      'send inventory_updated',
      'process payment_successful',
      'send payment_successful',
      'process order_created',
      'send order_created',
      'POST /orders',
    ]);
  });

  it('has kinds and attributes by OpenTelemetry’s conventions', () => {
    const find = (name: string) => spans.find((span) => span.name === name);
    expect(find('POST /orders')).toMatchObject({
      kind: 'server',
      attributes: { 'http.request.method': 'POST', 'http.route': '/orders', 'http.response.status_code': 201 },
    });
    expect(find('send order_created')).toMatchObject({
      kind: 'producer',
      attributes: {
        'messaging.system': 'kafka',
        'messaging.operation.name': 'send',
        'messaging.destination.name': 'order_created',
        'kafka.message.key': orderId,
      },
    });
    const consumed = spans.find(
      ({ name, service }) => name === 'process order_created' && service === 'payment-service',
    );
    expect(consumed).toMatchObject({
      kind: 'consumer',
      attributes: {
        'messaging.operation.name': 'process',
        'messaging.consumer.group.name': 'payment-service',
        'messaging.destination.partition.id': expect.stringMatching(/^\d+$/),
        'kafka.offset': expect.any(Number),
        'messaging.message.id': find('send order_created')?.attributes['messaging.message.id'],
      },
    });
    expect(find('authorize payment')).toMatchObject({
      kind: 'client',
      attributes: { 'app.payment.outcome': 'authorized' },
    });
    expect(find('send email')).toMatchObject({ kind: 'client', attributes: { 'app.notification.outcome': 'sent' } });
    expect(find('COMMIT')).toMatchObject({ kind: 'client', attributes: { 'db.system.name': 'postgresql' } });
    for (const { start, end, failed } of spans) expect([end >= start, failed]).toEqual([true, false]);
  });

  it('is in every record of the order, each with the span that sent it', async () => {
    const records = await recordsOf(orderId);
    const contexts = records.map(({ headers }) => String(headers['traceparent']));
    expect(records.length).toBeGreaterThanOrEqual(8);
    expect(new Set(contexts.map((context) => context.slice(3, 35)))).toEqual(new Set([spans[0]?.traceId]));
    const sends = spans.filter(({ kind }) => kind === 'producer');
    const sent = sends.map(({ spanId, attributes }) => [attributes['messaging.message.id'], spanId]);
    expect(
      records.map(({ headers }) => [String(headers['ce_id']), String(headers['traceparent']).slice(36, 52)]),
    ).toEqual(expect.arrayContaining(sent));
    expect(sent).toHaveLength(records.length);
  });
});

it('./ops order shows where the trace of an order is', async () => {
  const { order_id: id } = await system.place();
  const services = system.stack.services as never;
  const addresses = { services, kafka: [], traces: 'http://127.0.0.1:9411/zipkin' };
  const console = new RecordedConsole();
  await orderCommand(console, addresses, id, { timeoutMs: 5_000 });
  await eventually(() => expect(traceOf(id)).not.toEqual([]), PATIENCE);
  expect(console.text).toContain(`Trace: http://127.0.0.1:9411/zipkin/traces/${traceOf(id)[0]?.traceId}`);
});

async function recordsOf(orderId: string): Promise<TopicRecord[]> {
  const all: TopicRecord[] = [];
  for (const topic of ORDER_TOPICS) all.push(...(await kafka.read(topic)));
  return all.filter(({ key }) => key?.toString() === orderId);
}

describe('the trace of an order', () => {
  it('whose card is declined ends with its cancellation, and no span of it failed', async () => {
    const { order_id: id } = await system.place({ payment_method: 'test_declined' });
    const spans = await expectTrace(id, [...PLACED, ...DECLINED]);
    expect(spans.filter(({ failed }) => failed)).toEqual([]);
    expect(spans.find(({ name }) => name === 'authorize payment')?.attributes['app.payment.outcome']).toBe('declined');
  });

  it('goes on where it was when its event is replayed from the dead letters', async () => {
    const product = await system.newProduct(5);
    const broken = `ALTER TABLE inventory_service.stock_movements`;
    await system.sql(`${broken} ADD CONSTRAINT broken CHECK (product_id <> '${product.product_id}') NOT VALID`);
    const { order_id: id } = await system.place({ items: [product] });
    const failed = await eventually(() => deadLetterOf(id), PATIENCE);
    await system.sql(`${broken} DROP CONSTRAINT broken`);
    await system.inventory.post(`/failed-messages/${failed}/retry`, { actor: 'test' });
    const spans = await expectTrace(id, WHOLE);
    const tries = spans.filter((span) => span.service === 'inventory-service' && span.kind === 'consumer');
    expect(tries.map((span) => span.failed).toSorted()).toEqual([false, true]);
    expect(new Set(tries.map(({ parentSpanId }) => parentSpanId)).size).toBe(1);
    expect(tries.find((span) => span.failed)?.attributes['error.type']).toBe('QueryFailedError');
  });

  it('goes on after services were killed', async () => {
    await system.stack.supervisor.stop('inventory-service');
    const { order_id: id } = await system.place();
    const known = [...PLACED, ...PAID.slice(0, -1), ...MAILS_OF_PAID];
    try {
      await eventually(() => expect(stepsIn(traceOf(id))).toEqual(known.toSorted()), PATIENCE);
      for (const name of ['payment-service', 'order-service']) await system.stack.supervisor.kill(name, 'SIGKILL');
    } finally {
      await system.stack.supervisor.start('inventory-service');
    }
    await expectTrace(id, WHOLE);
  });

  it('goes on when its deadline passes', async () => {
    const { order_id: id } = await system.place({ payment_method: 'test_timeout' });
    await eventually(
      () => {
        const spans = traceOf(id);
        expect(namesIn(spans)).toEqual(expect.arrayContaining(['order: send order_cancelled']));
        expect(flawsOf(spans)).toEqual([]);
        const hung = spans.filter(({ name }) => name === 'authorize payment');
        expect(hung.some(({ failed, attributes }) => failed && attributes['error.type'] === 'outcome_unknown')).toBe(
          true,
        );
      },
      { timeoutMs: 90_000, intervalMs: 250 },
    );
  });

  it('is part of its caller’s, whose tracestate comes with every event', async () => {
    const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
    const headers = { traceparent: `00-${traceId}-${spanId}-01`, tracestate: 'vendor=one,other=two' };
    const { order_id: id } = await system.place({}, headers);
    await eventually(async () => {
      expect(stepsIn(collector.of(traceId))).toEqual(WHOLE.toSorted());
    }, PATIENCE);
    const roots = collector.of(traceId).filter(({ parentSpanId }) => parentSpanId === spanId);
    expect(namesIn(roots)).toEqual(['order: POST /orders']);
    const states = (await recordsOf(id)).map((record) => String(record.headers['tracestate']));
    expect(new Set(states)).toEqual(new Set([headers.tracestate]));
  });

  it('is not recorded when its caller does not want it, and is handed on all the same', async () => {
    const traceId = randomBytes(16).toString('hex');
    const { order_id: id } = await system.place({}, { traceparent: `00-${traceId}-b7ad6b7169203331-00` });
    await system.settled(id);
    const contexts = (await recordsOf(id)).map(({ headers }) => String(headers['traceparent']));
    for (const context of contexts) expect(context).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
    expect(new Set(contexts).size).toBe(contexts.length);
    expect(collector.of(traceId)).toEqual([]);
  });
});

async function deadLetterOf(orderId: string): Promise<string> {
  type Failed = { failed_messages: { failed_message_id: string; status: string }[] };
  const { body } = await system.inventory.get<Failed>(`/failed-messages?order_id=${orderId}`);
  const [message] = body.failed_messages.filter(({ status }) => status === 'dead_lettered');
  if (message === undefined) throw new Error(`no dead letter yet: ${JSON.stringify(body)}`);
  return message.failed_message_id;
}

describe('when the collector takes requests and never answers', () => {
  it('orders go on', async () => {
    collector.mood = 'hang';
    const product = await system.newProduct(100);
    const orders = await Promise.all(Array.from({ length: 30 }, () => system.place({ items: [product] })));
    const settled = await Promise.all(orders.map(({ order_id }) => system.settled(order_id)));
    expect(settled.map(({ status }) => status)).toEqual(orders.map(() => 'confirmed'));
    collector.mood = 'well';
  });
});

describe('what leaves the system in spans', () => {
  it('has no names, no addresses and no goods', async () => {
    const user_id = 'jane.doe';
    const contact = { email: 'jane@customer.example', phone: '+491701234567' };
    await system.notifications.put(`/contacts/${user_id}`, { ...contact, channels: ['email'] });
    const { order_id: id } = await system.place({ user_id });
    await expectTrace(id, WHOLE);
    const all = Buffer.concat(collector.bodies).toString('latin1');
    expect(all).toContain(id);
    const secrets = [user_id, ...Object.values(contact), 'user_123', 'Gaming Laptop', 'LAPTOP001', 'example.test'];
    expect(secrets.filter((secret) => all.includes(secret))).toEqual([]);
    const told = collector.spans.map(({ name, attributes, resource }) => [name, attributes, resource]);
    expect(JSON.stringify(told)).not.toContain('@');
  });
});
