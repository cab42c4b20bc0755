import { EVENTS } from '@app/events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { runOps } from '../cli/program.ts';
import { RecordedConsole } from '../cli/recorded-console.ts';
import { eventOf } from './order-records.ts';

const ID = '0197a000-0000-7000-8000-0000000000aa';
const at = (second: number): string => `2026-01-15T10:00:0${second}.000Z`;

const ORDER = {
  order_id: ID,
  order_number: '7F3K-29QX',
  user_id: 'user_123',
  status: 'confirmed',
  cancellation_reason: null,
  total_amount: 79.99,
  currency: 'EUR',
  payment_method: 'card',
  items: [{ product_id: 'MOUSE001', product_name: 'Mouse \u001b[2J', quantity: 1, price: 79.99 }],
  created_at: at(1),
  updated_at: at(3),
};
const TRAIL = [
  { number: 1, event: 'order_created', from: null, to: 'pending', reason: null, details: null, cause: null },
  { number: 2, event: 'payment_successful', from: 'pending', to: 'paid', reason: null, details: null, cause: 'e-2' },
].map((step) => ({ ...step, actor: step.number === 1 ? 'customer' : 'payment-service', time: at(step.number) }));
const PAYMENT = {
  payment_id: 'p-1',
  status: 'captured',
  amount: 79.99,
  captured_amount: 79.99,
  refunded_amount: 0,
  currency: 'EUR',
  failure_reason: null,
  dispute: null,
  pending: null,
};
const ALLOCATION = { status: 'taken', items: [{ product_id: 'MOUSE001', quantity: 1 }] };
const MAIL = {
  notification_id: 'n-1',
  notification_type: 'order_confirmed',
  channel: 'email',
  subject: 'Your order 7F3K-29QX is confirmed',
  message: 'Good news',
  status: 'sent',
  attempts: 1,
  resend_number: 0,
  next_attempt_at: null,
  last_error: null,
  sent_at: at(4),
  created_at: at(3),
};
const FAILED = {
  failed_message_id: 'f-1',
  status: 'dead_lettered',
  topic: 'payment_successful',
  event_id: 'e-2',
  error_message: 'new row violates check constraint',
  attempts: 9,
  waiting_behind: 1,
  first_failure_at: at(2),
  next_attempt_at: null,
  created_at: at(2),
};
const WAITING = { ...FAILED, failed_message_id: 'f-2', status: 'waiting', topic: 'order_cancelled', waiting_behind: 0 };

const WELL: Readonly<Record<string, unknown>> = {
  '/order/orders?order_number=7F3K-29QX': { orders: [ORDER] },
  '/order/orders?order_number=0000-0000': { orders: [] },
  [`/order/orders/${ID}`]: ORDER,
  [`/order/orders/${ID}/events`]: { events: TRAIL },
  [`/payment/payments?order_id=${ID}`]: { payments: [PAYMENT] },
  [`/inventory/allocations/${ID}`]: ALLOCATION,
  [`/notification/notifications?order_id=${ID}&limit=100`]: { notifications: [MAIL], next_cursor: null },
};

let answers = WELL;
let server: Server;
let url: string;
const environment = process.env;

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? '';
    const nothing = path.includes('/failed-messages') ? { failed_messages: [], next_cursor: null } : undefined;
    const answer = path in answers ? answers[path] : nothing;
    response.writeHead(answer === null ? 503 : answer === undefined ? 404 : 200);
    response.end(JSON.stringify(answer ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(() => {
  answers = WELL;
  const urls = ['order', 'payment', 'inventory', 'notification'].map((name) => [
    `${name.toUpperCase()}_SERVICE_URL`,
    `${url}/${name}`,
  ]);
  process.env = { ...environment, ...(Object.fromEntries(urls) as NodeJS.ProcessEnv) };
});

afterEach(() => {
  process.env = environment;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

async function order(...words: string[]): Promise<RecordedConsole & { exit: number }> {
  const console = new RecordedConsole();
  return Object.assign(console, { exit: await runOps(['order', ...words], console) });
}

describe('ops order, of an order at rest', () => {
  it.each([ID, ID.toUpperCase(), '7F3K-29QX', '7f3k-29qx'])('shows %s as a page for people', async (name) => {
    const { text, notes, exit } = await order(name);
    expect(text.split('\n').map((line) => line.trimEnd())).toEqual([
      `Order 7F3K-29QX (${ID}): confirmed`,
      `user_123, 79.99 EUR by card, placed at ${at(1)}`,
      '  1 × MOUSE001 Mouse \ufffd[2J, 79.99 each',
      '',
      'TIME          BY                    STEP                                            CAUSED BY',
      '10:00:01.000  customer              Order created                                   –',
      '10:00:02.000  payment-service       Payment successful; the order is paid           e-2',
      '10:00:04.000  notification-service  E-mail sent: Your order 7F3K-29QX is confirmed  –',
      '',
      'Payment: captured; 79.99 EUR, captured 79.99, refunded 0.00',
      'Stock: taken; 1 × MOUSE001',
      '',
      'SENT/NEXT     CHANNEL  STATUS  ATTEMPTS  SUBJECT                            LAST ERROR',
      '10:00:04.000  email    sent    1         Your order 7F3K-29QX is confirmed  –',
    ]);
    expect(notes).toEqual([]);
    expect(exit).toBe(0);
  });

  it('shows the text of its messages, a diagram or JSON when asked', async () => {
    expect((await order(ID, '--messages')).text).toMatch(/── Your order 7F3K-29QX is confirmed\nGood news$/);
    expect((await order(ID, '--mermaid')).text).toMatch(/^sequenceDiagram\n/);
    expect((await order(ID, '--json')).json).toMatchObject({ order: ORDER, attention: [], unanswered: [] });
  });
});

describe('ops order, of an order that needs something', () => {
  it('ends with what to do about it, and shows what waits, since when and behind what', async () => {
    const path = `/inventory/failed-messages?order_id=${ID}&limit=100`;
    answers = { ...WELL, [path]: { failed_messages: [WAITING, FAILED], next_cursor: null } };
    const { printed, text, exit } = await order(ID);
    expect(text).toMatch(/^inventory-service +payment_successful +dead_lettered +\S+:02.000Z +9 +– +f-1 +–$/m);
    expect(text).toMatch(/^inventory-service +order_cancelled +waiting +\S+:02.000Z +9 +– +f-2 +f-1$/m);
    expect(printed.join('\n').split('\n').at(-1)).toBe(
      '! inventory-service has given up payment_successful (dead_lettered), and 1 more waits behind it: ./ops failed show f-1, then ./ops failed retry f-1',
    );
    expect(exit).toBe(1);
  });

  it('says when the gateway is asked again', async () => {
    const pending = { operation: 'authorize', attempts: 2, outcome_unknown: true, next_attempt_at: at(9) };
    const payments = [{ ...PAYMENT, status: 'unknown', captured_amount: 0, pending }];
    answers = { ...WELL, [`/payment/payments?order_id=${ID}`]: { payments } };
    const { text, exit } = await order(ID);
    expect(text).toContain(`refunded 0.00; authorize is tried at ${at(9)}, attempts so far: 2`);
    expect(exit).toBe(1);
  });

  it('shows the rest when a service does not answer, and says so at the end', async () => {
    answers = { ...WELL, [`/payment/payments?order_id=${ID}`]: null };
    const { text, exit } = await order(ID);
    expect(text).toContain('Stock: taken');
    expect(text.split('\n').at(-1)).toBe('! payment-service is not shown, it did not answer: HTTP 503');
    expect(exit).toBe(1);
  });

  it('shows the rest when Kafka does not give its records', async () => {
    const { text, exit } = await order(ID, '--raw', '--kafka', '127.0.0.1:1');
    expect(text).toMatch(/^Order 7F3K-29QX/);
    expect(text.split('\n').at(-1)).toMatch(/^! kafka is not shown, it did not answer: /);
    expect(exit).toBe(1);
  });

  it('shows what the others know while the order service is away', async () => {
    answers = { ...WELL, [`/order/orders/${ID}`]: null, [`/order/orders/${ID}/events`]: null };
    const { text, exit } = await order(ID);
    expect(text).toMatch(/^The order itself is not known/);
    expect(exit).toBe(1);
  });
});

describe('ops order, of an order that cannot be shown', () => {
  it.each([
    ['0197a000-0000-7000-8000-0000000000bb', 'there is no order 0197a000-0000-7000-8000-0000000000bb'],
    ['0000-0000', 'there is no order with the number 0000-0000'],
    ['order-1', 'not an order id: order-1'],
  ])('says so of %s', async (name, why) => {
    const { notes, printed, exit } = await order(name);
    expect([notes, printed, exit]).toEqual([[why], [], 2]);
  });

  it('does not take an order service that is away for an order that does not exist', async () => {
    answers = { '/order/orders?order_number=7F3K-29QX': null };
    const { notes, exit } = await order('7F3K-29QX');
    expect(notes).toEqual([expect.stringMatching(/does not answer at .* \(HTTP 503\).*give the id$/)]);
    expect(exit).toBe(2);
  });

  it('says that no service answers', async () => {
    for (const name of ['ORDER', 'PAYMENT', 'INVENTORY', 'NOTIFICATION'])
      process.env[`${name}_SERVICE_URL`] = 'http://127.0.0.1:1';
    const { notes, exit } = await order(ID);
    expect(notes).toHaveLength(5);
    expect(notes.at(-1)).toMatch(/^no service answers/);
    expect(exit).toBe(2);
  });
});

describe('an event in a record', () => {
  it.each(EVENTS.filter(({ key }) => key === 'order').map(({ type }) => type))('%s is worded', (type) => {
    const file = join(import.meta.dirname, '../../../libs/events/fixtures', `${type}.1.json`);
    const { key, headers, payload } = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly key: string;
      readonly headers: Record<string, string>;
      readonly payload: Record<string, unknown>;
    };
    const message = { key: Buffer.from(key), value: Buffer.from(JSON.stringify(payload)), headers };
    expect(eventOf(type, { message } as never)).toEqual({
      event_id: headers['ce_id'],
      type,
      service: headers['ce_source']?.slice(1),
      at: headers['ce_time'],
      text: expect.stringMatching(/^[A-Z0-9].*[^.]$/),
      cause: headers['ce_causationid'] ?? null,
      trace_id: headers['traceparent']?.split('-')[1] ?? null,
      payload,
    });
  });

  it('is none when it breaks its contract', () => {
    const message = { key: Buffer.from(ID), value: Buffer.from('{}'), headers: {} };
    expect(eventOf('order_created', { message } as never)).toBeUndefined();
  });
});
