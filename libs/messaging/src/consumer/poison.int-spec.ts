import { deadLetterTopicOf } from '@app/events';
import { anOrderId, asKafkaMessage, eventually } from '@app/testing';
import type { IHeaders, Message } from 'kafkajs';
import { paymentSuccessful } from '../../test/events';
import type { FoundRecord } from '../../test/kafka-probe';
import { MessagingBed, type Replica } from '../../test/messaging-app';

const TOPIC = 'payment_successful';

/** A good event's message with something wrong in it. */
function spoilt(change: (message: ReturnType<typeof asKafkaMessage>) => Message): Message {
  return change(asKafkaMessage(paymentSuccessful(anOrderId())));
}

function withHeader(name: string, value: string | string[]): Message {
  return spoilt((good) => ({ ...good, headers: { ...good.headers, [name]: value } }));
}

/** kafkajs's types do not know that a header may have no value. */
const ODD_HEADERS = JSON.parse(
  '{"x-null": null, "constructor": "a", "__proto__": "b", "toString": ["c", "d"], "hasOwnProperty": null}',
) as Record<string, string>;

function manyHeaders(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [index.toString(36), '']));
}

const POISON: readonly [string, string, Message][] = [
  ['a null value', 'undecodable', spoilt((good) => ({ ...good, value: null }))],
  ['bad JSON', 'undecodable', spoilt((good) => ({ ...good, value: '{"amount": 12' }))],
  ['bytes that are not UTF-8', 'undecodable', spoilt((good) => ({ ...good, value: Buffer.from([0x7b, 0xff, 0x00]) }))],
  ['no headers', 'undecodable', spoilt(({ key, value }) => ({ key, value }))],
  ['no key', 'undecodable', spoilt((good) => ({ ...good, key: null }))],
  ['the key of another order', 'undecodable', spoilt((good) => ({ ...good, key: anOrderId() }))],
  ['a repeated ce_ header', 'undecodable', withHeader('ce_id', ['one', 'two'])],
  ['a header whose name and value hold NUL', 'undecodable', withHeader('ce_id', 'a\u0000b')],
  [
    'a foreign header nobody can name',
    'invalid',
    spoilt((good) => ({ ...good, value: '{}', headers: { ...good.headers, 'x\u0000y': Buffer.from([0xff, 0]) } })),
  ],
  ['a ce_ header without a value', 'undecodable', withHeader('ce_causationid', null as never)],
  [
    'foreign headers without a value, and named like members of every object',
    'invalid',
    spoilt((good) => ({ ...good, value: '{}', headers: { ...good.headers, ...ODD_HEADERS } })),
  ],
  [
    'ten thousand headers',
    'undecodable',
    spoilt((good) => ({ ...good, value: '{', headers: { ...good.headers, ...manyHeaders(10_000) } })),
  ],
  ['an unknown type', 'unknown_type', withHeader('ce_type', 'payment_imagined')],
  ['a version of the future', 'unknown_type', withHeader('ce_dataschema', 'payment_successful/2')],
  ['a payload that breaks the contract', 'invalid', spoilt((good) => ({ ...good, value: '{"amount":"a lot"}' }))],
  ['a huge value', 'undecodable', spoilt((good) => ({ ...good, value: '['.repeat(1_047_000) }))],
];

let bed: MessagingBed;
let replica: Replica;
let stopFollowing: () => Promise<void>;
let beginning: Record<string, string>;
const deadLetters: FoundRecord[] = [];

beforeAll(async () => {
  bed = await MessagingBed.create();
  beginning = await bed.kafka.committed();
  replica = await bed.start();
  stopFollowing = await bed.kafka.follow([deadLetterTopicOf(bed.service)], (record) => deadLetters.push(record));
});
afterAll(async () => {
  await stopFollowing();
  await bed.destroy();
});

interface Row {
  offset: string;
  value: Buffer | null;
  reason: string;
  status: string;
  took: number;
}

/** Where a message ended up in the topic, by sending it alone. */
async function send(message: Message): Promise<string> {
  const before = await bed.kafka.admin.fetchTopicOffsets(TOPIC);
  await bed.kafka.send(TOPIC, { ...message, partition: 0 });
  return before.find(({ partition }) => partition === 0)?.high ?? '';
}

async function rowAt(offset: string): Promise<Row> {
  const [row] = await bed.rows<Row>(
    `SELECT "offset", value, reason, status, extract(epoch FROM created_at) * 1000 - "timestamp" AS took
     FROM failed_messages WHERE topic = $1 AND partition = 0 AND "offset" = $2`,
    [TOPIC, offset],
  );
  if (row === undefined) throw new Error('no row yet');
  return row;
}

describe('a record with', () => {
  it.each(POISON)('%s is dead-lettered as %s in less than a second', async (_kind, reason, message) => {
    const offset = await send(message);
    const row = await eventually(() => rowAt(offset));
    expect(row).toMatchObject({ reason, status: 'dead_lettered' });
    expect(Number(row.took)).toBeLessThan(1_000);
    expect(sameBytes(row.value, message.value)).toBe(true);
    const letter = await eventually(() => {
      const found = deadLetters.find(({ headers }) => text(headers?.['kafka_dlt-original-offset']) === offset);
      if (found === undefined) throw new Error('no dead letter yet');
      return found;
    });
    expect(sameBytes(letter.value, message.value)).toBe(true);
    expect(sameBytes(letter.key, message.key ?? null)).toBe(true);
    expectOriginalHeaders(letter, message);
    expect(dltHeaders(letter)).toEqual({
      'kafka_dlt-original-topic': TOPIC,
      'kafka_dlt-original-partition': '0',
      'kafka_dlt-original-offset': offset,
      'kafka_dlt-original-timestamp': expect.stringMatching(/^\d{13}$/),
      'kafka_dlt-original-consumer-group': bed.service,
      'kafka_dlt-exception-fqcn': 'PermanentFailure',
      'kafka_dlt-exception-message': expect.any(String),
      'kafka_dlt-exception-stacktrace': expect.stringContaining('PermanentFailure'),
      'x-attempts': '1',
      'x-first-failure-at': expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      'x-reason': reason,
    });
  });
});

describe('the neighbours of poison', () => {
  it('have their effects in the same batch, and all offsets are committed', async () => {
    const order = anOrderId();
    const events = POISON.map(() => paymentSuccessful(order));
    const messages = POISON.flatMap(([, , poison], n) =>
      // The huge one would make the request too large for one partition.
      (poison.value?.length ?? 0) > 1_000_000 ? [asKafkaMessage(events[n]!)] : [poison, asKafkaMessage(events[n]!)],
    );
    await bed.kafka.send(TOPIC, ...messages.map((message) => ({ ...message, partition: 1 })));
    await eventually(async () => {
      expect(await bed.effectsOf(order)).toEqual(events.map(({ id }) => id));
      expect(await bed.kafka.lag()).toBe(0);
    });
    expect([...replica.script.attempts.values()]).toEqual(events.map(() => 1));
  });

  it('that come again after a lost offset commit make no second dead letter', async () => {
    await eventually(async () => expect(await bed.kafka.lag()).toBe(0));
    const before = await eventually(async () => {
      const [{ n } = { n: -1 }] = await bed.rows<{ n: number }>('SELECT count(*)::int AS n FROM failed_messages');
      expect(deadLetters).toHaveLength(n);
      return n;
    });
    await replica.stop();
    // Not to offset 0: other suites leave poison of their own in this topic.
    await bed.kafka.rewind((topic, partition) => (topic === TOPIC ? beginning[`${topic}/${partition}`]! : 'end'));
    replica = await bed.start();
    await eventually(async () => expect(await bed.kafka.lag()).toBe(0));
    const mine = await bed.rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM failed_messages WHERE status = 'dead_lettered'`,
    );
    await eventually(async () => expect(await bed.rows('SELECT 1 FROM outbox')).toEqual([]));
    expect(mine).toEqual([{ n: before }]);
    expect(deadLetters).toHaveLength(before);
  });
});

function text(header: unknown): string | undefined {
  return typeof header === 'string' || Buffer.isBuffer(header) ? header.toString() : undefined;
}

/** Not `toEqual`, which takes seconds for a megabyte. */
function sameBytes(found: Buffer | null, sent: Buffer | string | null): boolean {
  return found === null || sent === null ? found === sent : found.equals(Buffer.from(sent));
}

function dltHeaders(letter: FoundRecord): Record<string, string | undefined> {
  const added = Object.entries(letter.headers ?? {}).filter(([name]) => /^(kafka_dlt-|x-(?!\u0000))/.test(name));
  return Object.fromEntries(added.map(([name, value]) => [name, text(value)]));
}

function expectOriginalHeaders(letter: FoundRecord, message: Message): void {
  const bytes = (one: Buffer | string | null | undefined) =>
    typeof one === 'string' || Buffer.isBuffer(one) ? Buffer.from(one) : null;
  const allBytes = (value: IHeaders[string]) => (Array.isArray(value) ? value.map(bytes) : bytes(value));
  for (const [name, value] of Object.entries(message.headers ?? {})) {
    expect(allBytes(letter.headers?.[name])).toEqual(allBytes(value));
  }
}
