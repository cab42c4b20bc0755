import { answers, failed, mail, payment, PLACED } from '../test/answers';
import { fetchAnswers, type Fetch } from './fetch-answers';

const URLS = {
  'order-service': 'http://order',
  'payment-service': 'http://payment',
  'inventory-service': 'http://inventory',
  'notification-service': 'http://notification',
};
const ORDER = '0197a000-0000-7000-8000-0000000000aa';
const TRACE = '0af7651916cd43dd8448eb211c80319c';

const ANSWERS: Readonly<Record<string, unknown>> = {
  [`http://order/orders/${ORDER}`]: answers().order,
  [`http://order/orders/${ORDER}/events`]: { events: [PLACED], trace_id: TRACE },
  [`http://payment/payments?order_id=${ORDER}`]: { payments: [payment()] },
  [`http://inventory/allocations/${ORDER}`]: { status: 'taken', items: [] },
  [`http://notification/notifications?order_id=${ORDER}&limit=100`]: { notifications: [mail()], next_cursor: null },
  [`http://inventory/failed-messages?order_id=${ORDER}&limit=100`]: {
    failed_messages: [failed(), failed({ failed_message_id: 'f-2', status: 'resolved' })],
    next_cursor: null,
  },
};

/** Answers as the services do; `broken` says what those do that begin with it. */
function services(broken: Readonly<Record<string, () => Promise<Response>>> = {}): Fetch {
  return (url) => {
    const fault = Object.entries(broken).find(([start]) => url.startsWith(start))?.[1];
    if (fault !== undefined) return fault();
    if (url.includes('/failed-messages'))
      return Promise.resolve(Response.json(ANSWERS[url] ?? { failed_messages: [], next_cursor: null }));
    const answer = ANSWERS[url];
    return Promise.resolve(answer === undefined ? new Response('', { status: 404 }) : Response.json(answer));
  };
}

describe('the answers of the services', () => {
  it('are asked for by the id of the order; what is over is left out', async () => {
    expect(await fetchAnswers(URLS, ORDER, 1_000, services())).toEqual({
      order: answers().order,
      trail: [PLACED],
      traceId: TRACE,
      payment: payment(),
      allocation: { status: 'taken', items: [] },
      notifications: [mail()],
      failed: {
        'order-service': [],
        'payment-service': [],
        'inventory-service': [failed()],
        'notification-service': [],
      },
      truncated: [],
      unanswered: [],
    });
  });

  it('are empty for an order that nobody knows, which is no fault', async () => {
    const unknown = await fetchAnswers(URLS, '0197a000-0000-7000-8000-0000000000bb', 1_000, services());
    expect(unknown).toMatchObject({ order: null, trail: [], payment: null, allocation: null, unanswered: [] });
  });

  it('leave out what the caller may not see, as if there were none', async () => {
    const forbidden = services({
      'http://order/failed-messages': () => Promise.resolve(new Response('{}', { status: 403 })),
    });
    const seen = await fetchAnswers(URLS, ORDER, 1_000, forbidden);
    expect(seen).toMatchObject({ order: answers().order, failed: { 'order-service': [] }, unanswered: [] });
  });

  it('name each service that does not answer once, and why, beside what the others say', async () => {
    const refused = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:8002') });
    const some = await fetchAnswers(
      URLS,
      ORDER,
      1_000,
      services({
        'http://payment': () => Promise.reject(refused),
        'http://inventory/allocations': () => Promise.resolve(new Response('', { status: 503 })),
        'http://notification': () => Promise.resolve(new Response('<html>')),
      }),
    );
    expect(some).toMatchObject({ order: answers().order, payment: null, allocation: null, notifications: [] });
    expect(some.unanswered).toEqual([
      { service: 'payment-service', why: 'connect ECONNREFUSED 127.0.0.1:8002' },
      { service: 'inventory-service', why: 'HTTP 503' },
      { service: 'notification-service', why: expect.stringContaining('JSON') },
    ]);
  });

  it('have all pages of a list', async () => {
    const path = `http://payment/failed-messages?order_id=${ORDER}&limit=100`;
    const pages: Readonly<Record<string, unknown>> = {
      [path]: { failed_messages: [failed()], next_cursor: 'a/b' },
      [`${path}&cursor=a%2Fb`]: { failed_messages: [failed({ failed_message_id: 'f-2' })], next_cursor: null },
    };
    const well = services();
    const { failed: all, truncated } = await fetchAnswers(URLS, ORDER, 1_000, (url, init) =>
      url in pages ? Promise.resolve(Response.json(pages[url])) : well(url, init),
    );
    expect(all['payment-service']?.map(({ failed_message_id }) => failed_message_id)).toEqual(['f-1', 'f-2']);
    expect(truncated).toEqual([]);
  });

  it('say of a list without end that it was not read to its end', async () => {
    const endless = { 'http://payment/failed': () => Promise.resolve(Response.json(page)) };
    const page = { failed_messages: [failed()], next_cursor: 'next' };
    const { truncated } = await fetchAnswers(URLS, ORDER, 1_000, services(endless));
    expect(truncated).toEqual([{ service: 'payment-service', what: 'failed messages', shown: 10 }]);
  });

  it('are not waited for longer than was said', async () => {
    const silent: Fetch = (_url, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    const none = await fetchAnswers(URLS, ORDER, 20, silent);
    expect(none.unanswered).toHaveLength(4);
    expect(none.unanswered[0]).toEqual({ service: 'order-service', why: 'no answer in 0.02 s' });
  });
});
