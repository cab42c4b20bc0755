import type { EventEnvelope } from '@app/events';
import { anOrderId, asKafkaMessage, eventually } from '@app/testing';
import { DeskClient } from '../test/desk-client';
import { paymentSuccessful } from '../../messaging/test/events';
import { MessagingBed, type Replica } from '../../messaging/test/messaging-app';
import type { FailedMessageGroupsResponse, FailedMessageListResponse } from './failed-message.response';
import type { FullFailedMessageResponse } from './full-failed-message.response';

let bed: MessagingBed;
let replica: Replica;
let desk: DeskClient;
let bad: Set<string>;

beforeEach(async () => {
  bed = await MessagingBed.create();
  replica = await bed.start();
  desk = new DeskClient(replica);
  bad = new Set();
  replica.script.behave = (events) => {
    const found = events.find(({ id }) => bad.has(id));
    if (found !== undefined) throw new TypeError(`no stock for order ${found.orderId}, 12.50 short`);
  };
});
afterEach(() => bed.destroy());

/** Dead letters of these events; gives their ids at the desk. */
async function deadLetters(...events: EventEnvelope[]): Promise<string[]> {
  for (const { id } of events) bad.add(id);
  await bed.kafka.publish(...events);
  return eventually(async () => {
    const rows = await bed.rows<{ id: string; event_id: string }>(
      `SELECT id, event_id FROM failed_messages WHERE status = 'dead_lettered'`,
    );
    const found = events.map(({ id }) => rows.find((row) => row.event_id === id)?.id ?? '');
    expect(found).not.toContain('');
    return found;
  });
}

const full = async (id: string) => (await desk.get<FullFailedMessageResponse>(`/${id}`)).body;

describe('a message that is being retried', () => {
  it('has its effect once, whoever asks again and however often its record is delivered meanwhile', async () => {
    const event = paymentSuccessful(anOrderId());
    const [id] = await deadLetters(event);
    const [entered, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    replica.script.behave = async () => {
      entered.resolve();
      await gate.promise;
    };
    expect((await desk.post(`/${id!}/retry`, { actor: 'ada' })).status).toBe(202);
    await entered.promise;
    const other = new DeskClient(await bed.start());
    expect(await other.post(`/${id!}/retry`, { actor: 'bob', force: true })).toMatchObject({
      status: 409,
      body: { code: 'FAILED_MESSAGE.NOT_RETRYABLE' },
    });
    await bed.kafka.publish(event, event);
    await eventually(async () => expect(await bed.rows('SELECT 1 FROM failed_messages')).toHaveLength(3), {
      timeoutMs: 30_000,
    });
    gate.resolve();
    await eventually(async () =>
      expect(await bed.rows(`SELECT 1 FROM failed_messages WHERE status = 'resolved'`)).toHaveLength(3),
    );
    expect(await bed.effectsOf(event.orderId)).toEqual([event.id]);
  });

  it('is tried by one replica at a time, and each of its attempts is counted once', async () => {
    const event = paymentSuccessful(anOrderId());
    bad.add(event.id);
    const { script } = replica;
    script.behave = (events) => {
      if (events.some(({ id }) => bad.has(id))) throw new Error('not yet');
    };
    await Promise.all([bed.start({}, script), bed.start({}, script)]);
    await bed.kafka.publish(event);
    await eventually(async () => expect((await bed.failedOf(event.orderId))[0]?.status).toBe('dead_lettered'));
    expect((await bed.failedOf(event.orderId))[0]?.attempts).toBe(7);
    expect(script.attempts.get(event.id)).toBe(7);
    const numbers = await bed.rows<{ number: number }>('SELECT number FROM failed_message_attempts ORDER BY number');
    expect(numbers.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('goes on elsewhere when the process that had claimed it is gone', async () => {
    const event = paymentSuccessful(anOrderId());
    const [id] = await deadLetters(event);
    bad.clear();
    const claimed = `UPDATE failed_messages SET status = 'retrying', from_desk = true, next_attempt_at = now(),
      claimed_by = gen_random_uuid(), claimed_until = now() + interval '2 s' WHERE id = $1 RETURNING claimed_until AS until`;
    const [claim] = await bed.rows<{ until: Date }>(claimed, [id]);
    const { resolved_at: at } = await eventually(async () => {
      const message = await full(id!);
      expect(message).toMatchObject({ status: 'resolved' });
      return message;
    });
    expect(Date.parse(at!)).toBeGreaterThanOrEqual(claim!.until.getTime());
    expect(await bed.effectsOf(event.orderId)).toEqual([event.id]);
  });

  it('that nobody could read before takes its place in its order once somebody can', async () => {
    const event = paymentSuccessful(anOrderId());
    const { key, value, headers } = asKafkaMessage(event);
    await bed.kafka.send('payment_successful', {
      key,
      value,
      headers: { ...headers, ce_dataschema: 'payment_successful/9' },
    });
    const id = await eventually(async () => {
      const [row] = await bed.rows<{ id: string }>(`SELECT id FROM failed_messages WHERE reason = 'unknown_type'`);
      expect(row).toBeDefined();
      return row!.id;
    });
    // What a release that knows the version would read.
    await bed.rows('UPDATE failed_messages SET headers = $2 WHERE id = $1', [
      id,
      JSON.stringify(
        Object.fromEntries(
          Object.entries(headers).map(([name, text]) => [name, Buffer.from(String(text)).toString('base64')]),
        ),
      ),
    ]);
    expect((await desk.post(`/${id}/retry`, { actor: 'ada' })).status).toBe(202);
    await eventually(async () => expect(await bed.effectsOf(event.orderId)).toEqual([event.id]));
    expect(await full(id)).toMatchObject({ status: 'resolved', event_id: event.id, order_id: event.orderId });
  });
});

describe('a dead letter that is copied back into its topic', () => {
  it('keeps its count and is quarantined when it fails once more', async () => {
    const event = paymentSuccessful(anOrderId());
    bad.add(event.id);
    const message = asKafkaMessage(event);
    await bed.kafka.send(event.type, { ...message, headers: { ...message.headers, 'x-retries': '5' } });
    await eventually(async () => expect((await bed.failedOf(event.orderId))[0]?.status).toBe('quarantined'));
  });
});

describe('finished messages', () => {
  it('are forgotten with their attempts when they are old; what was done about them is not', async () => {
    const [old, young, standing] = await deadLetters(...[1, 2, 3].map(() => paymentSuccessful(anOrderId())));
    await desk.post(`/${old!}/discard`, { actor: 'ada', reason: 'a test' });
    await desk.post(`/${young!}/discard`, { actor: 'ada', reason: 'a test' });
    await bed.rows(`UPDATE failed_messages SET resolved_at = now() - interval '31 days' WHERE id = $1`, [old]);
    await bed.rows(`UPDATE failed_messages SET created_at = now() - interval '31 days' WHERE id = $1`, [standing]);
    await replica.stop();
    await bed.start();
    await eventually(async () => {
      const rows = await bed.rows<{ id: string }>('SELECT id FROM failed_messages');
      expect(rows.map(({ id }) => id).toSorted()).toEqual([young, standing].toSorted());
    });
    const left = await bed.rows<{ id: string }>('SELECT DISTINCT failed_message_id AS id FROM failed_message_attempts');
    expect(left.map(({ id }) => id).toSorted()).toEqual([young, standing].toSorted());
    expect(await bed.rows('SELECT 1 FROM failed_message_actions')).toHaveLength(2);
  });

  it('leave actions that the service itself can neither change nor delete', async () => {
    const [id] = await deadLetters(paymentSuccessful(anOrderId()));
    await desk.post(`/${id!}/discard`, { actor: 'ada', reason: 'a test' });
    for (const change of ['DELETE FROM', 'TRUNCATE']) {
      await expect(
        replica.transactions.run((unitOfWork) => unitOfWork.query(`${change} failed_message_actions`)),
      ).rejects.toThrow('permission denied');
    }
    await expect(
      replica.transactions.run((unitOfWork) => unitOfWork.query(`UPDATE failed_message_actions SET actor = 'eve'`)),
    ).rejects.toThrow('permission denied');
  });
});

describe('the desk', () => {
  it('groups equal errors, counts what is unfinished and pages through it, each message once', async () => {
    const events = Array.from({ length: 5 }, () => paymentSuccessful(anOrderId()));
    const ids = await deadLetters(...events);
    const { body } = await desk.get<FailedMessageGroupsResponse>('/groups');
    expect(body.groups).toMatchObject([
      { topic: 'payment_successful', error_message: 'no stock for order <id>, <n> short', count: 5 },
    ]);
    expect((await desk.get('/summary')).body).toMatchObject({ dead_lettered: 5, quarantined: 0, waiting: 0 });
    const health = await replica.app.inject({ method: 'GET', url: '/health' });
    expect(health.json().dependencies.failed_messages).toMatchObject({ status: 'up', details: { dead_lettered: 5 } });
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: FailedMessageListResponse = (
        await desk.get<FailedMessageListResponse>(`?limit=2${cursor && `&cursor=${cursor}`}`)
      ).body;
      seen.push(...page.failed_messages.map(({ failed_message_id }) => failed_message_id));
      cursor = page.next_cursor;
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen)).toEqual(new Set(ids));
  });

  it('exports what matches, in full, one message a line', async () => {
    const events = Array.from({ length: 45 }, () => paymentSuccessful(anOrderId()));
    await deadLetters(...events);
    const { status, text } = await desk.get('/export?topic=payment_successful');
    expect(status).toBe(200);
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as FullFailedMessageResponse);
    expect(new Set(lines.map(({ event_id }) => event_id))).toEqual(new Set(events.map(({ id }) => id)));
    expect(lines).toHaveLength(45);
    expect(lines[0]).toMatchObject({ payload: events[0]!.payload, attempt_history: [{ number: 1 }] });
  });
});
