import { deadLetterTopicOf, type EventEnvelope } from '@app/events';
import { anOrderId, asKafkaMessage, eventually } from '@app/testing';
import { DeskClient } from '../test/desk-client';
import { paymentFailed, paymentSuccessful } from '../../messaging/test/events';
import type { FoundRecord } from '../../messaging/test/kafka-probe';
import { MessagingBed, type Replica } from '../../messaging/test/messaging-app';
import type { FailedMessageListResponse, FailedMessageResponse } from './failed-message.response';
import type { FullFailedMessageResponse } from './full-failed-message.response';

let bed: MessagingBed;
let replica: Replica;
let desk: DeskClient;
let bad = new Set<string>();
let error: () => Error;

beforeAll(async () => {
  bed = await MessagingBed.create();
  replica = await bed.start({ deskRetryLimit: 2 });
  desk = new DeskClient(replica);
});
beforeEach(() => {
  bad = new Set();
  error = () => new TypeError('a defect of order 12 and 1,299.99');
  replica.script.behave = (events) => {
    if (events.some(({ id }) => bad.has(id))) throw error();
  };
});
afterAll(() => bed.destroy());

async function listed(order: string, query = ''): Promise<readonly FailedMessageResponse[]> {
  const { status, body } = await desk.get<FailedMessageListResponse>(`?order_id=${order}${query}`);
  expect(status).toBe(200);
  return body.failed_messages;
}

async function shown(id: string): Promise<FullFailedMessageResponse> {
  const { status, body } = await desk.get<FullFailedMessageResponse>(`/${id}`);
  expect(status).toBe(200);
  return body;
}

/** Publishes events of one order, the first of which cannot be handled, and waits until all of them are put aside. */
async function poison(...events: EventEnvelope[]): Promise<readonly FailedMessageResponse[]> {
  const [first] = events as [EventEnvelope];
  bad.add(first.id);
  await bed.kafka.publish(first);
  await eventually(async () => expect(await listed(first.orderId)).toMatchObject([{ status: 'dead_lettered' }]));
  if (events.length > 1) await bed.kafka.publish(...events.slice(1));
  return eventually(async () => {
    const messages = await listed(first.orderId);
    expect(messages).toHaveLength(events.length);
    return messages.toReversed();
  });
}

const ids = (events: readonly EventEnvelope[]) => events.map(({ id }) => id);
const behind = (order: string, count: number) => Array.from({ length: count }, () => paymentSuccessful(order));

describe('a message that was given up', () => {
  it('is listed and shown with its record, its attempts and what waits behind it', async () => {
    const order = anOrderId();
    const [event, ...waiting] = [paymentFailed(order), ...behind(order, 2)] as const;
    const [dead, first, second] = await poison(event, ...waiting);
    expect(dead).toMatchObject({
      status: 'dead_lettered',
      reason: 'handler_failed',
      topic: 'payment_failed',
      event_id: event.id,
      order_id: order,
      error_class: 'TypeError',
      attempts: 1,
      desk_retries: 0,
      blocks_order: true,
      waiting_behind: 2,
      next_attempt_at: null,
      resolved_at: null,
    });
    const full = await shown(dead!.failed_message_id);
    const { key, value, headers } = asKafkaMessage(event);
    expect(full).toMatchObject({
      ...dead,
      key,
      payload: event.payload,
      payload_base64: Buffer.from(value).toString('base64'),
      headers,
      error_stack: expect.stringContaining('TypeError'),
      attempt_history: [{ number: 1, kind: 'handling', error_class: 'TypeError', error_message: error().message }],
      waiting: [first, second],
      actions: [],
    });
  });

  it('keeps the error of each of its attempts', async () => {
    const order = anOrderId();
    const event = paymentFailed(order);
    bad.add(event.id);
    let tries = 0;
    error = () => new Error(`try ${(tries += 1)}`);
    await bed.kafka.publish(event);
    const dead = await eventually(async () => {
      const [message] = await listed(order);
      expect(message).toMatchObject({ status: 'dead_lettered', attempts: 7 });
      return message!;
    });
    const { attempt_history: history } = await shown(dead.failed_message_id);
    expect(history.map(({ number, kind, error_message }) => [number, kind, error_message])).toEqual([
      ...[1, 2, 3, 4].map((n) => [n, 'handling', `try ${n}`]),
      ...[5, 6, 7].map((n) => [n, 'retry', `try ${n}`]),
    ]);
  });

  it('has its effect when it is retried, and what waits behind it follows in order', async () => {
    const order = anOrderId();
    const events = [paymentFailed(order), ...behind(order, 3)];
    const [dead] = await poison(...events);
    bad.clear();
    const retried = await desk.post(`/${dead!.failed_message_id}/retry`, { actor: 'ada' });
    expect(retried).toMatchObject({ status: 202, body: { status: 'retrying', waiting_behind: 3 } });
    await eventually(async () => expect(await bed.effectsOf(order)).toEqual(ids(events)));
    const full = await shown(dead!.failed_message_id);
    expect(full).toMatchObject({ status: 'resolved', event_id: events[0]!.id, waiting_behind: 0, waiting: [] });
    expect(full.actions).toEqual([
      { action: 'retry', actor: 'ada', reason: null, at: expect.stringMatching(/Z$/), job_id: null },
    ]);
    expect(await desk.post(`/${dead!.failed_message_id}/retry`, { actor: 'ada' })).toMatchObject({
      status: 409,
      body: { code: 'FAILED_MESSAGE.NOT_RETRYABLE' },
    });
    expect(await listed(order)).toEqual([]);
    expect(await listed(order, '&status=resolved')).toHaveLength(4);
  });

  it('is passed by when it is discarded: what waits behind it goes on in order, and it never has an effect', async () => {
    const order = anOrderId();
    const [event, ...waiting] = [paymentFailed(order), ...behind(order, 3)] as const;
    const [dead] = await poison(event, ...waiting);
    bad.clear();
    const path = `/${dead!.failed_message_id}/discard`;
    expect(await desk.post(path, { actor: 'ada', reason: 'paid by hand' })).toMatchObject({
      status: 200,
      body: { status: 'discarded', blocks_order: false, waiting_behind: 0 },
    });
    await eventually(async () => expect(await bed.effectsOf(order)).toEqual(ids(waiting)));
    // The record comes again, as it does after a lost offset commit.
    await bed.kafka.publish(event);
    await eventually(async () => expect(await bed.kafka.lag()).toBe(0));
    expect(await bed.effectsOf(order)).toEqual(ids(waiting));
    const { actions } = await shown(dead!.failed_message_id);
    expect(actions).toMatchObject([{ action: 'discard', actor: 'ada', reason: 'paid by hand' }]);
    expect(await desk.post(path, { actor: 'ada', reason: 'again' })).toMatchObject({
      status: 409,
      body: { code: 'FAILED_MESSAGE.NOT_DISCARDABLE' },
    });
  });
});

describe('a message that fails again when it is retried', () => {
  it('comes back with its count, is quarantined after the last allowed retry, and then needs force', async () => {
    const order = anOrderId();
    const letters: FoundRecord[] = [];
    const stop = await bed.kafka.follow([deadLetterTopicOf(bed.service)], (record) => letters.push(record));
    const [dead, next] = await poison(paymentFailed(order), ...behind(order, 1));
    const id = dead!.failed_message_id;
    error = () => new Error('not yet');
    for (const [retries, status] of [
      [1, 'dead_lettered'],
      [2, 'quarantined'],
    ] as const) {
      expect((await desk.post(`/${id}/retry`, { actor: 'ada' })).status).toBe(202);
      await eventually(async () =>
        expect(await shown(id)).toMatchObject({ status, desk_retries: retries, attempts: 1 + retries }),
      );
    }
    const { attempt_history: history } = await shown(id);
    expect(history.map(({ kind }) => kind)).toEqual(['handling', 'desk', 'desk']);
    expect(await shown(next!.failed_message_id)).toMatchObject({ status: 'waiting' });
    expect(await desk.post(`/${next!.failed_message_id}/retry`, { actor: 'ada' })).toMatchObject({
      status: 409,
      body: { code: 'FAILED_MESSAGE.NOT_RETRYABLE' },
    });
    expect(await desk.post(`/${id}/retry`, { actor: 'ada' })).toMatchObject({
      status: 409,
      body: { code: 'FAILED_MESSAGE.QUARANTINED' },
    });
    await eventually(() => {
      const mine = letters.filter(({ headers }) => String(headers?.ce_id) === dead!.event_id);
      expect(mine.map(({ headers }) => headers?.['x-retries']?.toString())).toEqual([undefined, '1', '2']);
      expect(new Set(mine.map(({ value }) => String(value))).size).toBe(1);
    });
    bad.clear();
    expect((await desk.post(`/${id}/retry`, { actor: 'ada', force: true })).status).toBe(202);
    await eventually(async () => expect(await bed.effectsOf(order)).toHaveLength(2));
    await stop();
  });

  it('that nobody can read comes back at once, with its count', async () => {
    const order = anOrderId();
    const broken = { ...asKafkaMessage(paymentFailed(order)), value: '{"half' };
    const first = await listedBroken();
    await bed.kafka.send('payment_failed', broken);
    const [dead] = await eventually(async () => {
      const found = (await listedBroken()).filter((one) => !first.some((before) => same(one, before)));
      expect(found).toHaveLength(1);
      return found;
    });
    const path = `/${dead!.failed_message_id}`;
    expect((await desk.post(`${path}/retry`, { actor: 'ada' })).status).toBe(202);
    await eventually(async () =>
      expect(await shown(dead!.failed_message_id)).toMatchObject({
        ...{ status: 'dead_lettered', reason: 'undecodable', desk_retries: 1, payload: null },
        ...{ payload_base64: Buffer.from('{"half').toString('base64'), order_id: null },
      }),
    );
  });
});

const same = (one: FailedMessageResponse, other: FailedMessageResponse) =>
  one.failed_message_id === other.failed_message_id;

async function listedBroken(): Promise<readonly FailedMessageResponse[]> {
  return (await desk.get<FailedMessageListResponse>('?reason=undecodable')).body.failed_messages;
}
