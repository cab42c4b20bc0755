import fc from 'fast-check';
import { headersOf, type EventEnvelope, type RawRecord } from '@app/cloudevents';
import { decodeRecord } from './topics';
import { PaymentFailed } from './payment-events';

const ORDER_ID = '019aab12-4c00-7a01-8f00-5d2f6f1c0a01';
const PAYLOAD = {
  payment_id: 'payment-1',
  user_id: 'user-1',
  payment_method: 'card',
  currency: 'EUR',
  amount: 10.5,
  reason: 'declined',
};
const EVENT: EventEnvelope = {
  id: '019aab12-4c00-7a01-8f00-5d2f6f1c0d01',
  source: '/payment-service',
  type: 'payment_failed',
  time: new Date('2026-01-15T09:30:00.000Z'),
  orderId: ORDER_ID,
  sequence: 3,
  dataschema: PaymentFailed.dataschema,
  cause: { correlationId: 'checkout-7' },
  payload: PAYLOAD,
};

function record(overrides: Partial<RawRecord> = {}, headers: RawRecord['headers'] = {}): RawRecord {
  return {
    topic: 'payment_failed',
    key: Buffer.from(ORDER_ID),
    value: Buffer.from(JSON.stringify(PAYLOAD)),
    headers: { ...headersOf(EVENT), ...headers },
    ...overrides,
  };
}

describe('a record of an event', () => {
  it('is read into the event it was written from', () => {
    expect(decodeRecord(record())).toEqual({ ok: true, event: EVENT });
  });

  it('is read when its headers are bytes, as the broker hands them over', () => {
    const bytes = Object.entries(headersOf(EVENT)).map(([name, value]) => [name, Buffer.from(value)]);
    expect(decodeRecord(record({ headers: Object.fromEntries(bytes) as RawRecord['headers'] }))).toMatchObject({
      ok: true,
    });
  });

  it('may have foreign headers of any kind', () => {
    expect(
      decodeRecord(record({}, { 'x-binary': Buffer.from([0xff]), 'x-twice': ['a', 'b'], 'x-null': null })),
    ).toMatchObject({
      ok: true,
    });
  });
});

describe('a record with a trace that is none', () => {
  it('is an event without a trace', () => {
    const decoded = decodeRecord(record({}, { traceparent: 't'.repeat(500_000) }));
    expect(decoded).toMatchObject({ ok: true });
    expect(decoded.ok && decoded.event.cause.traceparent).toBeUndefined();
  });
});

describe('a record that is no event', () => {
  const HUGE = Buffer.from('['.repeat(5_000_000));
  it.each<[string, RawRecord, string]>([
    ['has a null value', record({ value: null }), 'undecodable'],
    ['has an empty value', record({ value: Buffer.alloc(0) }), 'undecodable'],
    ['has bad JSON', record({ value: Buffer.from('{"amount": ') }), 'undecodable'],
    ['is not UTF-8', record({ value: Buffer.from([0x22, 0xc3, 0x28, 0x22]) }), 'undecodable'],
    ['is nested without end', record({ value: HUGE }), 'undecodable'],
    ['has no headers', record({ headers: {} }), 'undecodable'],
    ['has no id', record({}, { ce_id: undefined }), 'undecodable'],
    ['has an id that is no UUID', record({}, { ce_id: 'event-1' }), 'undecodable'],
    ['repeats a ce_ header', record({}, { ce_id: ['a', 'b'] }), 'undecodable'],
    ['repeats an optional ce_ header', record({}, { ce_causationid: ['a', 'b'] }), 'undecodable'],
    ['has a ce_ header that is not UTF-8', record({}, { ce_source: Buffer.from([0xff]) }), 'undecodable'],
    ['has a ce_ header without a value', record({}, { ce_causationid: null }), 'undecodable'],
    ['has another CloudEvents version', record({}, { ce_specversion: '2.0' }), 'undecodable'],
    ['has a time that is none', record({}, { ce_time: 'yesterday' }), 'undecodable'],
    ['has a time no database knows', record({}, { ce_time: '+275760-09-13T00:00:00.000Z' }), 'undecodable'],
    ['has an endless correlation id', record({}, { ce_correlationid: 'c'.repeat(256) }), 'undecodable'],
    ['has a cause with a NUL', record({}, { ce_causationid: 'a\u0000' }), 'undecodable'],
    ['has a source over two lines', record({}, { ce_source: '/payment-service\nroot' }), 'undecodable'],
    ['has a sequence that is none', record({}, { ce_sequence: '-1' }), 'undecodable'],
    ['has no key', record({ key: null }), 'undecodable'],
    ['has a key that is no order id', record({ key: Buffer.from('order-1') }), 'undecodable'],
    ['has the key of another order', record({}, { ce_partitionkey: EVENT.id }), 'undecodable'],
    ['has an unknown type', record({}, { ce_type: 'payment_imagined' }), 'unknown_type'],
    ['has a type of another topic', record({ topic: 'order_created' }), 'unknown_type'],
    ['is on a topic nobody declared', record({ topic: 'gossip' }), 'unknown_type'],
    ['has no schema', record({}, { ce_dataschema: undefined }), 'unknown_type'],
    ['has a schema of the future', record({}, { ce_dataschema: 'payment_failed/2' }), 'unknown_type'],
    ['is JSON null', record({ value: Buffer.from('null') }), 'invalid'],
    ['is a list', record({ value: Buffer.from('[]') }), 'invalid'],
    ['has an amount with three decimals', payload({ amount: 1.005 }), 'invalid'],
    ['has a negative amount', payload({ amount: -1 }), 'invalid'],
    ['has a reason nobody declared', payload({ reason: 'because' }), 'invalid'],
    ['has a field with a NUL', payload({ user_id: 'u\u0000' }), 'invalid'],
    ['has a field with half a character', payload({ user_id: '\ud800' }), 'invalid'],
    ['has a field too long', payload({ user_id: 'u'.repeat(101) }), 'invalid'],
  ])('because it %s is told apart without an exception', (_what, raw, reason) => {
    expect(decodeRecord(raw)).toEqual({ ok: false, reason, detail: expect.any(String) });
  });

  it('is told in a short time and a few words, however much is wrong with it', () => {
    const items = Array.from({ length: 200_000 }, () => ({}));
    const started = performance.now();
    const decoded = decodeRecord(payload({ items, amount: 'x' }));
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(decoded.ok ? '' : decoded.detail.length).toBeLessThan(2_000);
  });
});

describe('decoding', () => {
  const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
  const value = fc.oneof(
    bytes,
    fc.json().map((json) => Buffer.from(json)),
    fc.constant(null),
  );
  const one = fc.oneof(fc.string(), bytes, fc.constant(null));
  const header = fc.oneof(one, fc.array(one, { maxLength: 3 }));

  it('never throws, whatever the bytes are', () => {
    const names = fc.oneof(fc.constantFrom(...Object.keys(headersOf(EVENT))), fc.string());
    fc.assert(
      fc.property(value, value, fc.dictionary(names, header), fc.boolean(), (key, body, headers, proper) => {
        const raw = proper ? record({ key, value: body }, headers) : record({ key, value: body, headers });
        const decoded = decodeRecord(raw);
        expect(typeof decoded.ok).toBe('boolean');
      }),
      { numRuns: 2_000 },
    );
  });

  it('calls a proper envelope with any JSON an event only when the contract accepts it', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(decodeRecord(record({ value: Buffer.from(json) })).ok).toBe(
          PaymentFailed.validator.Check(JSON.parse(json)),
        );
      }),
    );
  });
});

function payload(changes: Record<string, unknown>): RawRecord {
  return record({ value: Buffer.from(JSON.stringify({ ...PAYLOAD, ...changes })) });
}

describe('an event about a product', () => {
  const about = (key: string, partitionKey = key): RawRecord => {
    const event = { ...EVENT, source: '/inventory-service', type: 'stock_adjusted', dataschema: 'stock_adjusted/1' };
    const payload = { change: 'delivered', quantity_delta: 25, remaining: 34 };
    return {
      topic: 'stock_adjusted',
      key: Buffer.from(key),
      value: Buffer.from(JSON.stringify(payload)),
      headers: headersOf({ ...event, orderId: partitionKey }),
    };
  };

  it.each(['LAPTOP001', 'a/b ü', '😀'.repeat(100)])('has the id of the product as its key: %s', (productId) => {
    expect(decodeRecord(about(productId))).toMatchObject({ ok: true, event: { orderId: productId } });
  });

  it.each([
    ['', 'the record key is not the id of a product'],
    ['x'.repeat(256), 'the record key is not the id of a product'],
    ['a\u0000b', 'the record key is not the id of a product'],
  ])('cannot have the key %j', (key, detail) => {
    expect(decodeRecord(about(key))).toEqual({ ok: false, reason: 'undecodable', detail });
  });

  it('has one key, in both places', () => {
    expect(decodeRecord(about('LAPTOP001', 'PHONE001'))).toMatchObject({
      detail: 'ce_partitionkey is not the record key',
    });
  });

  it('cannot be told on the topic of an event about orders', () => {
    const told = { ...about('LAPTOP001'), topic: 'inventory_updated' };
    expect(decodeRecord(told)).toMatchObject({ ok: false, detail: 'the record key is not a UUID' });
  });
});
