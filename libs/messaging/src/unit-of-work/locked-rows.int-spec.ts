import { OrderConfirmed, type EventEnvelope } from '@app/events';
import { anOrderId, eventually, lockOutside } from '@app/testing';
import { paymentFailed, paymentSuccessful } from '../../test/events';
import { MessagingBed, type Replica } from '../../test/messaging-app';
import { ConsumerHealth } from '../consumer/consumer-health';
import { lockedAmong } from './locked-rows';
import type { UnitOfWork } from './unit-of-work';

let bed: MessagingBed;
let replica: Replica;
let unlock: () => Promise<void>;

beforeEach(async () => {
  bed = await MessagingBed.create();
  replica = await bed.start();
  unlock = () => Promise.resolve();
  await bed.rows('CREATE TABLE rooms (order_id uuid PRIMARY KEY)');
  await bed.rows('GRANT ALL ON rooms TO order_service');
});
afterEach(async () => {
  await unlock();
  await bed.destroy();
});

const PROMPTLY = { timeoutMs: 2_000 };
const LOCKED_ROOMS = lockedAmong('rooms', 'order_id');
const ids = (events: readonly EventEnvelope[]) => events.map(({ id }) => id);
const orderIds = (count: number): string[] => Array.from({ length: count }, anOrderId);

/** Locks a row of each order, as a handler does, and says which it needs only if it is `frank`. */
function locksRooms(frank: boolean) {
  return async (events: readonly EventEnvelope[], unitOfWork: UnitOfWork): Promise<void> => {
    const needed = events.map(({ orderId }) => orderId);
    if (frank) await unitOfWork.expectFree(LOCKED_ROOMS, needed);
    await unitOfWork.query('SELECT 1 FROM rooms WHERE order_id = ANY ($1::uuid[]) ORDER BY order_id FOR UPDATE', [
      needed,
    ]);
  };
}

async function addRooms(orders: readonly string[]): Promise<void> {
  await bed.rows('INSERT INTO rooms SELECT unnest($1::uuid[])', [orders]);
}

async function lock(statement: string, parameters: readonly unknown[] = []): Promise<void> {
  unlock = await lockOutside(bed.database.adminUrl, 'order_service', statement, parameters);
}

async function expectEffects(events: readonly EventEnvelope[], options = {}): Promise<void> {
  await eventually(async () => {
    const rows = await bed.rows<{ id: string }>('SELECT event_id AS id FROM effects WHERE event_id = ANY ($1)', [
      ids(events),
    ]);
    expect(rows.map(({ id }) => id).toSorted()).toEqual(ids(events).toSorted());
  }, options);
}

/** No attempt was counted, whatever was tried, and nothing waits. */
async function expectNoHarm(): Promise<void> {
  await eventually(async () => {
    const rows = await bed.rows<{ status: string; attempts: number }>(
      'SELECT DISTINCT status, attempts FROM failed_messages',
    );
    expect(rows.filter(({ status, attempts }) => status !== 'resolved' || attempts > 0)).toEqual([]);
  });
  expect(await bed.rows('SELECT 1 FROM failed_message_attempts')).toEqual([]);
}

describe.each([
  ['that its handler tells of', true],
  ['that nothing tells of', false],
])('a row that somebody has locked, %s', (_what, frank) => {
  it('delays the events of its order only, which keep their order and cost no attempt', async () => {
    replica.script.behave = locksRooms(frank);
    const [locked, ...others] = orderIds(40);
    await addRooms([locked!, ...others]);
    await lock('SELECT 1 FROM rooms WHERE order_id = $1 FOR UPDATE', [locked]);
    const first = [paymentSuccessful(locked!), ...others.map((order) => paymentSuccessful(order))];
    await bed.kafka.publish(...first);
    await expectEffects(first.slice(1), PROMPTLY);
    // What comes later waits behind it, without being tried; others still do not wait.
    const [behind, later] = [paymentFailed(locked!), paymentFailed(others[0]!)];
    await bed.kafka.publish(behind, later);
    await expectEffects([later], PROMPTLY);
    await eventually(async () => expect(await bed.kafka.lag()).toBe(0));
    expect(await bed.failedOf(locked!)).toEqual([
      { id: first[0]!.id, status: 'waiting', attempts: 0 },
      { id: behind.id, status: 'waiting', attempts: 0 },
    ]);
    expect(await bed.effectsOf(locked!)).toEqual([]);
    await unlock();
    await expectEffects([first[0]!, behind], { timeoutMs: 4_000 });
    expect(await bed.effectsOf(locked!)).toEqual([first[0]!.id, behind.id]);
    await expectNoHarm();
  });
});

describe('many rows that somebody has locked', () => {
  it('delay the others no more than one does', async () => {
    replica.script.behave = locksRooms(true);
    const [locked, others] = [orderIds(150), orderIds(150)];
    await addRooms([...locked, ...others]);
    await lock('SELECT 1 FROM rooms WHERE order_id = ANY ($1::uuid[]) FOR UPDATE', [locked]);
    const events = locked.flatMap((order, n) => [paymentSuccessful(order), paymentSuccessful(others[n]!)]);
    await bed.kafka.publish(...events);
    await expectEffects(
      events.filter((_, n) => n % 2 === 1),
      PROMPTLY,
    );
    await unlock();
    await expectEffects(events, { timeoutMs: 5_000 });
    await expectNoHarm();
  });
});

describe('rows of the messaging core that somebody has locked', () => {
  it('delay their own order: the counter of its events', async () => {
    const [order, other] = [anOrderId(), anOrderId()];
    await bed.rows('INSERT INTO event_sequences VALUES ($1, 0)', [order]);
    const payload = { user_id: 'user-1', currency: 'EUR', total_amount: 9.5 };
    replica.script.behave = (events, unitOfWork) => {
      for (const { orderId, cause } of events) unitOfWork.publish(OrderConfirmed, { orderId, cause, payload });
    };
    await lock('SELECT 1 FROM event_sequences WHERE order_id = $1 FOR UPDATE', [order]);
    const events = [paymentFailed(order), paymentFailed(other)];
    await bed.kafka.publish(...events);
    await expectEffects([events[1]!], PROMPTLY);
    expect(await bed.effectsOf(order)).toEqual([]);
    await unlock();
    await expectEffects(events);
    await expectNoHarm();
  });

  it('delay their own order: its entry in the inbox, which another session has not committed', async () => {
    const [order, others] = [anOrderId(), orderIds(20)];
    const event = paymentSuccessful(order);
    await lock('INSERT INTO inbox (consumer_group, event_id) VALUES ($1, $2)', [bed.service, event.id]);
    const rest = others.map((other) => paymentSuccessful(other));
    await bed.kafka.publish(event, ...rest);
    await expectEffects(rest, PROMPTLY);
    expect(await bed.effectsOf(order)).toEqual([]);
    await unlock();
    await expectEffects([event]);
    await expectNoHarm();
  });

  it('delay their own order: a message that was put aside', async () => {
    const [locked, other] = [anOrderId(), anOrderId()];
    const events = [paymentSuccessful(locked), paymentSuccessful(other)];
    let failing = true;
    replica.script.behave = () => {
      if (failing) throw new Error('not now');
    };
    await bed.kafka.publish(...events);
    await eventually(async () => expect(await bed.rows('SELECT 1 FROM failed_messages')).toHaveLength(2));
    await lock('SELECT 1 FROM failed_messages WHERE order_id = $1 FOR UPDATE', [locked]);
    failing = false;
    await expectEffects([events[1]!], { timeoutMs: 4_000 });
    expect(await bed.effectsOf(locked)).toEqual([]);
    await unlock();
    await expectEffects(events, { timeoutMs: 20_000 });
  });
});

describe('a whole table that somebody has locked', () => {
  it.each([['rooms'], ['effects'], ['inbox']])(
    'makes everybody wait, costs nothing, and is over soon after its end: %s',
    async (table) => {
      replica.script.behave = locksRooms(true);
      const orders = orderIds(20);
      await addRooms(orders);
      await lock(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
      const events = orders.map((order) => paymentSuccessful(order));
      await bed.kafka.publish(...events);
      const { app } = replica;
      await eventually(() => expect(app.get(ConsumerHealth).state).toBe('paused'));
      await unlock();
      await expectEffects(events, { timeoutMs: 3_000 });
      expect(await bed.rows('SELECT 1 FROM failed_messages')).toEqual([]);
      await eventually(async () => expect(await bed.kafka.lag()).toBe(0));
    },
  );
});
