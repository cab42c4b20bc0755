import { CATALOGUE } from '@app/events';
import { anOrderId, eventually } from '@app/testing';
import { openCore } from '../../test/core';
import { orderCreated, paymentSuccessful } from '../../test/events';
import { MessagingBed } from '../../test/messaging-app';
import { toConsumedRecord } from '../record/consumed-record';
import { asKafkaMessage } from '@app/testing';
import type { UnitOfWork } from '../unit-of-work/unit-of-work';

let bed: MessagingBed;
let core: Awaited<ReturnType<typeof openCore>>;

beforeAll(async () => {
  bed = await MessagingBed.create();
  core = await openCore(bed.options());
});
afterAll(async () => {
  await core.close();
  await bed.destroy();
});

/** Admits an event and stays in the transaction until the gate opens. */
function admitBehind(event: ReturnType<typeof paymentSuccessful>, gate: Promise<void>, entered?: () => void) {
  return core.transactions.run(async (unitOfWork: UnitOfWork) => {
    const { fresh } = await core.inbox.admit(unitOfWork, [event]);
    entered?.();
    await gate;
    return fresh.has(event.id);
  });
}

describe('an event that comes in two transactions at the same time', () => {
  it('is new to the first only when the first commits', async () => {
    const event = paymentSuccessful(anOrderId());
    const [gate, entered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const first = admitBehind(event, gate.promise, entered.resolve);
    await entered.promise;
    const second = admitBehind(event, Promise.resolve());
    await secondIsWaiting();
    gate.resolve();
    expect(await Promise.all([first, second])).toEqual([true, false]);
  });

  it('is new to the second when the first rolls back', async () => {
    const event = paymentSuccessful(anOrderId());
    const [gate, entered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const first = admitBehind(event, gate.promise, entered.resolve);
    await entered.promise;
    const second = admitBehind(event, Promise.resolve());
    await secondIsWaiting();
    gate.reject(new Error('rolled back'));
    await expect(first).rejects.toThrow('rolled back');
    expect(await second).toBe(true);
  });
});

describe('many batches that share events in different orders', () => {
  it('admit each event once and never deadlock', async () => {
    const events = Array.from({ length: 2_000 }, () => paymentSuccessful(anOrderId()));
    let runs = 0;
    const admissions = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        core.transactions.run((unitOfWork) => {
          runs += 1;
          return core.inbox.admit(unitOfWork, n % 2 === 0 ? events : events.toReversed());
        }),
      ),
    );
    const admitted = admissions.flatMap(({ fresh }) => [...fresh]);
    expect(admitted.toSorted()).toEqual(events.map(({ id }) => id).toSorted());
    // One that is resolved by running the transaction again would not show in what was admitted.
    expect(runs).toBe(8);
  });
});

describe('an order with a message put aside', () => {
  it('admits nothing else of its own, and everything of others', async () => {
    const [order, other] = [anOrderId(), anOrderId()];
    await core.transactions.run((unitOfWork) =>
      core.failedMessages.retryLater(unitOfWork, recordOf(order, '1'), {
        attempts: [{ at: new Date(), error: new Error('not now') }],
        next: new Date(Date.now() + 60_000),
      }),
    );
    const events = [orderCreated(order), orderCreated(other)];
    const { fresh, parkedOrders } = await core.transactions.run((unitOfWork) => core.inbox.admit(unitOfWork, events));
    expect([...fresh]).toEqual([events[1]?.id]);
    expect([...parkedOrders]).toEqual([order]);
  });

  it('keeps a record of a topic that was made anew apart from an old one at the same offset', async () => {
    const [old, fresh] = [recordOf(anOrderId(), '7', '1700000000000'), recordOf(anOrderId(), '7', '1800000000000')];
    for (const record of [old, fresh, fresh]) {
      await core.transactions.run((unitOfWork) => core.failedMessages.parkBehind(unitOfWork, [record]));
    }
    expect(await bed.rows(`SELECT 1 FROM failed_messages WHERE "offset" = 7`)).toHaveLength(2);
  });
});

describe('old entries of the inbox', () => {
  it('are forgotten a thousand at a time, young ones stay', async () => {
    await bed.rows(`INSERT INTO inbox (consumer_group, event_id, received_at)
      SELECT 'pruned', gen_random_uuid(), now() - interval '9 days' FROM generate_series(1, 1500)`);
    await bed.rows(`INSERT INTO inbox (consumer_group, event_id, received_at)
      SELECT 'pruned', gen_random_uuid(), now() - interval '7 days' FROM generate_series(1, 10)`);
    const rounds = [await prune(), await prune()];
    expect(rounds).toEqual([true, false]);
    expect(await bed.rows(`SELECT 1 FROM inbox WHERE consumer_group = 'pruned'`)).toHaveLength(10);
  });
});

const prune = () => core.transactions.run((unitOfWork) => core.inbox.prune(unitOfWork));

function recordOf(orderId: string, offset: string, timestamp = '1700000000000') {
  const { key, value, headers } = asKafkaMessage(paymentSuccessful(orderId));
  return toConsumedRecord(CATALOGUE, 'payment_successful', 0, {
    key: Buffer.from(key),
    value: Buffer.from(value),
    headers,
    offset,
    timestamp,
    attributes: 0,
  });
}

async function secondIsWaiting(): Promise<void> {
  await eventually(async () => {
    const waiting = await bed.rows(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
      AND wait_event_type = 'Lock' AND query LIKE '%INSERT INTO inbox%'`);
    expect(waiting).toHaveLength(1);
  });
}
