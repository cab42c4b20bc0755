import { MessagingOptions } from '@app/messaging';
import { afterEachStatement, allPages } from '@app/testing';
import { DataSource } from 'typeorm';
import { MessagingBed, type Replica } from '../../messaging/test/messaging-app';
import { FailedMessageDetailsReader } from './failed-message-details.reader';
import { FailedMessageReader } from './failed-message.reader';
import { ReadFailedMessages } from './read-failed-messages';

let bed: MessagingBed;
let replica: Replica;

beforeAll(async () => {
  bed = await MessagingBed.create();
  replica = await bed.start();
});
afterAll(() => bed.destroy());

const COUNT = 20_500;
const FILTER = { reason: 'invalid' } as const;

/**
 * Dead letters with the offsets `from` to `to`, in this order: one in five hundred for the reason that is looked for. Fewer than a
 * page of an export has are among ten thousand, so that each page ends where its look does.
 */
async function fill(from: number, to: number): Promise<void> {
  await bed.rows(
    `INSERT INTO failed_messages (id, consumer_group, topic, partition, "offset", "timestamp", key, value, headers,
       event_id, order_id, status, blocks_order, reason, error_class, error_message, attempts, created_at)
     SELECT gen_random_uuid(), $3, 'payment_successful', 0, n, 0, 'k', 'v', '{}', gen_random_uuid(), gen_random_uuid(), 'dead_lettered',
       false, CASE n % 500 WHEN 300 THEN 'invalid' ELSE 'handler_failed' END, 'TypeError', 'a defect', 1, now()
     FROM generate_series($1::int, $2::int) AS n ORDER BY n`,
    [from, to, bed.service],
  );
}

async function resolve(from: number, to: number): Promise<void> {
  await bed.rows(
    `UPDATE failed_messages SET status = 'resolved', resolved_at = now()
     WHERE reason <> 'invalid' AND "offset" BETWEEN $1 AND $2`,
    [from, to],
  );
}

function readerWhile(change: () => Promise<unknown>): FailedMessageReader {
  return new FailedMessageReader(
    afterEachStatement(replica.app.get(DataSource), change),
    replica.app.get(MessagingOptions),
  );
}

const listed = (reader: FailedMessageReader): Promise<number[]> =>
  allPages<number, number>(async (before) => {
    const { messages, next } = await reader.list(FILTER, 200, before);
    return { items: messages.map(({ offset }) => Number(offset)), next };
  }, 10);

async function exported(reader: FailedMessageReader): Promise<number[]> {
  const messages = new ReadFailedMessages(reader, replica.app.get(FailedMessageDetailsReader));
  const found: number[] = [];
  for await (const { message } of messages.all(FILTER)) found.push(Number(message.offset));
  return found;
}

/** Those of the beginning: whoever came later is newer than the first page. */
const WANTED = Array.from({ length: COUNT / 500 }, (_, n) => n * 500 + 300).toReversed();

describe.each([
  { what: 'a list of failed messages', read: listed },
  { what: 'an export of failed messages', read: exported },
])('$what', ({ read }) => {
  beforeEach(async () => {
    await bed.rows('TRUNCATE failed_messages CASCADE');
    await fill(1, COUNT);
  }, 60_000);

  it('skips none while others are resolved', async () => {
    let left = COUNT;
    const reader = readerWhile(async () => {
      await resolve(left - 399, left);
      left -= 400;
    });
    expect(await read(reader)).toEqual(WANTED);
  });

  it('gives none twice while others fail', async () => {
    let newest = COUNT;
    const reader = readerWhile(async () => {
      await fill(newest + 1, newest + 400);
      newest += 400;
    });
    expect(await read(reader)).toEqual(WANTED);
  });
});
