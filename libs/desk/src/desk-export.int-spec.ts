import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { anOrderId, eventually } from '@app/testing';
import { MessagingBed, type Replica } from '../../messaging/test/messaging-app';
import { ReadFailedMessages } from './read-failed-messages';

const MANY = 100_000;
const VALUE_BYTES = 4_096;
const MIB = 2 ** 20;
const NEWLINE = 10;
const EVERY_BYTES = 32 * MIB;

let bed: MessagingBed;
let replica: Replica;

beforeAll(async () => {
  bed = await MessagingBed.create();
  replica = await bed.start();
  await bed.rows(
    `INSERT INTO failed_messages (id, consumer_group, topic, partition, "offset", "timestamp", key, value, headers,
       event_id, order_id, status, blocks_order, reason, error_class, error_message, attempts, created_at)
     SELECT gen_random_uuid(), $2, 'payment_successful', 0, n, 0, 'k', convert_to(repeat('x', $3), 'UTF8'), '{}', gen_random_uuid(),
       $4, 'dead_lettered', false, 'handler_failed', 'TypeError', 'a defect', 1, now()
     FROM generate_series(1, $1::int) AS n`,
    [MANY, bed.service, VALUE_BYTES, anOrderId()],
  );
  await bed.rows('VACUUM (ANALYZE) failed_messages');
}, 120_000);
afterAll(() => bed.destroy());

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is in use, garbage left out: this process has no limit that would have V8 collect it soon. */
function usedMiB(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / MIB;
}

async function openExport(signal?: AbortSignal) {
  const url = `${await replica.app.getUrl()}/failed-messages/export`;
  const { body } = await fetch(url, signal === undefined ? {} : { signal });
  if (body === null) throw new Error('an export without a body');
  return body;
}

describe('an export of a hundred thousand messages', () => {
  it('has all of them, and is never in memory', async () => {
    const before = usedMiB();
    let [lines, bytes] = [0, 0];
    const used: number[] = [];
    for await (const data of await openExport()) {
      bytes += data.length;
      for (const byte of data) if (byte === NEWLINE) lines += 1;
      if (bytes >= (used.length + 1) * EVERY_BYTES) used.push(usedMiB());
    }
    expect(lines).toBe(MANY);
    expect(bytes).toBeGreaterThan(MANY * VALUE_BYTES);
    expect(used.length).toBeGreaterThan(10);
    expect(Math.max(...used) - before).toBeLessThan(100);
    // What is kept of each message would show.
    const half = used.length >> 1;
    expect(Math.max(...used.slice(half)) - Math.max(...used.slice(0, half))).toBeLessThan(10);
  }, 300_000);

  it('is read no faster than its reader takes it, and ends when he leaves', async () => {
    const messages = replica.app.get(ReadFailedMessages);
    const all = messages.all.bind(messages);
    let [given, ended] = [0, false];
    messages.all = async function* (filter) {
      try {
        for await (const message of all(filter)) {
          given += 1;
          yield message;
        }
      } finally {
        ended = true;
      }
    };
    const gone = new AbortController();
    const reader = (await openExport(gone.signal)).getReader();
    await reader.read();
    // What is in the buffers of both sides, and of the kernel between them.
    let seen = -1;
    await eventually(() => {
      const before = seen;
      seen = given;
      expect(seen).toBe(before);
    });
    expect(seen * VALUE_BYTES).toBeLessThan(30 * MIB);
    expect(ended).toBe(false);
    gone.abort();
    await eventually(() => expect(ended).toBe(true));
  });
});
