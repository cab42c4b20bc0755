import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostileJson, hostileMember } from './hostile-values.ts';

const FIXTURES = join(import.meta.dirname, '../../libs/events/fixtures');

/** A header's value: Kafka knows ones without a value, and a name may come several times. */
export type Header = Buffer | null | readonly Buffer[];

/** A record to publish. */
export interface Mutant {
  readonly label: string;
  readonly topic: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Header>>;
}

interface Golden {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Readonly<Record<string, unknown>>;
}

export const TOPICS: readonly string[] = readdirSync(FIXTURES).map((file) => file.split('.')[0] ?? '');

/** Golden events, each about an order and with an id of its own, changed in one or two ways. */
export const mutants: fc.Arbitrary<Mutant> = fc.constantFrom(...TOPICS).chain((topic) =>
  fc.tuple(fc.uuid(), fc.uuid()).chain(([orderId, eventId]) => {
    const good = goodEvent(topic, orderId, eventId);
    return fc.oneof(
      { weight: 4, arbitrary: spoiltPayload(good) },
      { weight: 4, arbitrary: spoiltHeaders(good) },
      { weight: 1, arbitrary: spoiltKey(good) },
      { weight: 2, arbitrary: spoiltValue(good) },
      { weight: 1, arbitrary: fc.constant({ ...good, label: 'of an order nobody has placed' }) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(...TOPICS).map((other) => ({ ...good, label: 'retargeted', topic: other })),
      },
    );
  }),
);

/** The golden event of a topic, about this order. */
export function goodEvent(
  topic: string,
  orderId: string,
  eventId: string,
): Mutant & { readonly payload: Golden['payload'] } {
  const golden = JSON.parse(readFileSync(join(FIXTURES, `${topic}.1.json`), 'utf8')) as Golden;
  const headers = { ...golden.headers, ce_id: eventId, ce_partitionkey: orderId };
  return {
    label: 'good',
    topic,
    key: Buffer.from(orderId),
    value: Buffer.from(JSON.stringify(golden.payload)),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)])),
    payload: golden.payload,
  };
}

type Good = ReturnType<typeof goodEvent>;

function spoiltPayload(good: Good): fc.Arbitrary<Mutant> {
  const fields = Object.keys(good.payload);
  const write = (members: readonly string[]): Mutant => ({
    ...good,
    label: 'payload',
    value: Buffer.from(`{${members.join(',')}}`),
  });
  const member = (name: string): string => `${JSON.stringify(name)}:${JSON.stringify(good.payload[name])}`;
  const dropped = fc.constantFrom(...fields).map((gone) => write(fields.filter((name) => name !== gone).map(member)));
  const replaced = fc
    .tuple(fc.constantFrom(...fields), hostileJson)
    .map(([name, value]) => write(fields.map((field) => (field === name ? `"${name}":${value}` : member(field)))));
  const added = hostileMember.map((one) => write([...fields.map(member), one]));
  const doubled = fc
    .tuple(fc.constantFrom(...fields), hostileJson)
    .map(([name, value]) => write([...fields.map(member), `"${name}":${value}`]));
  // Right in shape, and absurd.
  const absurd = fc.constantFrom(...ABSURD).map((change) => ({
    ...good,
    label: 'absurd',
    value: Buffer.from(JSON.stringify({ ...good.payload, ...change })),
  }));
  return fc.oneof(dropped, { weight: 4, arbitrary: replaced }, added, doubled, { weight: 2, arbitrary: absurd });
}

const ABSURD: readonly Readonly<Record<string, unknown>>[] = [
  { currency: 'XXX' },
  { amount: 0, total_amount: 0 },
  { amount: 999_999_999.99, total_amount: 999_999_999.99 },
  { amount: -1, total_amount: -1 },
  {
    items: Array.from({ length: 100 }, (_, n) => ({
      product_id: `NONE-${n}`,
      product_name: 'x',
      quantity: 1_000_000,
      price: 0,
      remaining: 0,
    })),
  },
  { items: [{ product_id: 'LAPTOP001', product_name: 'x', quantity: 1_000_000, price: 999_999_999.99, remaining: 0 }] },
  { user_id: 'a\u0000b' },
  { user_id: '\ud800' },
  { user_id: '😀'.repeat(100), payment_method: '\u202e', product_id: '\u2028' },
  { payment_id: '../../etc/passwd', payment_method: 'simulate_hang' },
];

function spoiltHeaders(good: Good): fc.Arbitrary<Mutant> {
  const names = fc.constantFrom(...Object.keys(good.headers), 'ce_causationid');
  const foreign = fc.constantFrom(
    'constructor',
    '__proto__',
    'toString',
    '',
    'x\u0000y',
    'CE_ID',
    'kafka_dlt-original-topic',
    'x'.repeat(20_000),
  );
  const value = fc.oneof(
    fc.constantFrom<Header>(
      null,
      Buffer.alloc(0),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('a\u0000b'),
      Buffer.alloc(300_000, 'h'),
    ),
    fc
      .constantFrom(
        '1.0',
        '2.0',
        '-1',
        '0',
        '999999999999999',
        '9999999999999999',
        '+275760-09-13T00:00:00.000Z',
        '2026-02-30',
        'a\r\nb',
      )
      .map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    fc.string({ unit: 'binary', maxLength: 40 }).map((text) => [Buffer.from(text), Buffer.from('b')]),
  );
  const changed = fc
    .tuple(fc.oneof({ weight: 3, arbitrary: names }, foreign), value)
    .map(([name, one]) => ({ ...good, label: 'headers', headers: withHeader(good.headers, name, one) }));
  const dropped = names.map((name) => ({
    ...good,
    label: 'headers',
    headers: Object.fromEntries(Object.entries(good.headers).filter(([other]) => other !== name)),
  }));
  const many = fc.constant({
    ...good,
    label: 'headers',
    headers: {
      ...good.headers,
      ...Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`h${n}`, Buffer.alloc(0)])),
    },
  });
  return fc.oneof(
    { weight: 6, arbitrary: changed },
    { weight: 2, arbitrary: dropped },
    { weight: 1, arbitrary: many },
    fc.constant({ ...good, headers: {} }),
  );
}

/** `{ ...headers, [name]: value }`, also for `__proto__`. */
function withHeader(headers: Mutant['headers'], name: string, value: Header): Mutant['headers'] {
  return Object.fromEntries([...Object.entries(headers).filter(([other]) => other !== name), [name, value]]);
}

function spoiltKey(good: Good): fc.Arbitrary<Mutant> {
  return fc
    .oneof(
      fc.constant(null),
      fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
      fc.uuid().map((id) => Buffer.from(id.toUpperCase())),
    )
    .map((key) => ({ ...good, label: 'key', key }));
}

function spoiltValue(good: Good): fc.Arbitrary<Mutant> {
  const bytes = good.value ?? Buffer.alloc(0);
  return fc
    .oneof(
      fc.constant(null),
      fc.nat(bytes.length - 1).map((end) => bytes.subarray(0, end)),
      fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)).map(([at, byte]) => Buffer.from(bytes).fill(byte, at, at + 1)),
      fc.uint8Array({ maxLength: 300 }).map((one) => Buffer.from(one)),
      hostileJson.map((json) => Buffer.from(json)),
      fc.constant(Buffer.from(JSON.stringify({ ...good.payload, padding: 'x'.repeat(700_000) }))),
    )
    .map((value) => ({ ...good, label: 'value', value }));
}
