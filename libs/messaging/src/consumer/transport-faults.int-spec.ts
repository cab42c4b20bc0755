import type { EventEnvelope } from '@app/events';
import { anOrderId, eventually } from '@app/testing';
import { orderCreated, paymentFailed, paymentSuccessful } from '../../test/events';
import { MessagingBed } from '../../test/messaging-app';
import { Script } from '../../test/probe.module';
import { KafkaEventServer } from './kafka-event-server';

let bed: MessagingBed;

beforeEach(async () => {
  bed = await MessagingBed.create();
});
afterEach(() => bed.destroy());

/** Holds every batch in its transaction until it is opened. */
function gate() {
  const entered = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  const behave = async (): Promise<void> => {
    entered.resolve();
    await opened.promise;
  };
  return { entered: entered.promise, open: opened.resolve, behave };
}

const ids = (events: readonly EventEnvelope[]) => events.map(({ id }) => id);

async function terminateConnections(): Promise<void> {
  await bed.rows(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
}

describe('the offsets of a batch', () => {
  it('are committed only after the database has committed, and what comes again has no second effect', async () => {
    const replica = await bed.start();
    const order = anOrderId();
    const events = [paymentSuccessful(order), paymentFailed(order), orderCreated(order)];
    const [inTransaction, afterCommit] = [gate(), gate()];
    replica.script.behave = async (_events, unitOfWork) => {
      unitOfWork.afterCommit(afterCommit.behave);
      await inTransaction.behave();
    };
    const before = await bed.kafka.committed();
    await bed.kafka.publish(...events);
    await inTransaction.entered;
    expect(await bed.kafka.committed()).toEqual(before);
    inTransaction.open();
    await afterCommit.entered;
    // The moment a crash would hurt: the effect is there, the offset is not.
    expect(await bed.effectsOf(order)).not.toEqual([]);
    expect(await bed.kafka.committed()).toEqual(before);
    afterCommit.open();
    await eventually(async () => expect(await bed.kafka.lag()).toBe(0));
    await replica.stop();
    await bed.kafka.rewind((topic, partition) => before[`${topic}/${partition}`] ?? 'end');
    const successor = await bed.start();
    await eventually(async () => expect(await bed.kafka.lag()).toBe(0));
    expect((await bed.effectsOf(order)).toSorted()).toEqual(ids(events).toSorted());
    expect(successor.script.attempts.size).toBe(0);
  });
});

describe('an event that is published three times', () => {
  it('has one effect, in one batch or in several', async () => {
    await bed.start();
    const [order, other] = [anOrderId(), anOrderId()];
    const [event, next] = [paymentSuccessful(order), paymentSuccessful(order)];
    await bed.kafka.publish(event, event, next, event);
    await eventually(async () => expect(await bed.kafka.lag()).toBe(0));
    await bed.kafka.publish(event, paymentSuccessful(other), next);
    await eventually(async () => expect(await bed.effectsOf(other)).toHaveLength(1));
    await eventually(async () => expect(await bed.kafka.lag()).toBe(0));
    expect(await bed.effectsOf(order)).toEqual(ids([event, next]));
  });
});

describe('database connections that are terminated in the middle of a batch', () => {
  it('pause consumption; it resumes, every effect is there once and nothing is dead-lettered', async () => {
    // So few events, and no second try: if an outage counted as a failure, the third one would put a message aside.
    const replica = await bed.start({ immediateRetries: 0 });
    const order = anOrderId();
    const events = Array.from({ length: 3 }, () => paymentSuccessful(order));
    let kills = 3;
    replica.script.behave = async (_events, unitOfWork) => {
      await unitOfWork.query('SELECT 1');
      if (kills-- > 0) await terminateConnections();
    };
    await bed.kafka.publish(...events);
    await eventually(
      async () => {
        expect(await bed.effectsOf(order)).toEqual(ids(events));
        expect(await bed.kafka.lag()).toBe(0);
      },
      { timeoutMs: 20_000 },
    );
    expect(kills).toBeLessThan(0);
    expect(await bed.rows('SELECT 1 FROM failed_messages')).toEqual([]);
  });
});

describe('a batch in which many messages fail', () => {
  it('is cut up until each failing message stands alone; everybody else has their effect once', async () => {
    const replica = await bed.start({ immediateRetries: 1 });
    const events = Array.from({ length: 60 }, () => paymentSuccessful(anOrderId()));
    const bad = new Set(ids([events[0]!, events[30]!, events[31]!, events[59]!]));
    replica.script.behave = (batch) => {
      if (batch.some(({ id }) => bad.has(id))) throw new TypeError('a defect');
    };
    await bed.kafka.publish(...events);
    await eventually(async () => expect(await bed.kafka.lag()).toBe(0));
    const done = await bed.rows<{ id: string }>('SELECT event_id AS id FROM effects');
    const dead = await bed.rows<{ id: string }>(
      `SELECT event_id AS id FROM failed_messages WHERE status = 'dead_lettered'`,
    );
    expect(done.map(({ id }) => id).toSorted()).toEqual(
      ids(events)
        .filter((id) => !bad.has(id))
        .toSorted(),
    );
    expect(new Set(dead.map(({ id }) => id))).toEqual(bad);
  });
});

describe('a replica that is closed', () => {
  it('finishes and commits the batch in hand, takes no other one, and leaves the group', async () => {
    const replica = await bed.start({ maxBatchRecords: 1 });
    const order = anOrderId();
    const [first, second] = [paymentSuccessful(order), paymentSuccessful(order)];
    const hold = gate();
    replica.script.behave = hold.behave;
    await bed.kafka.publish(first, second);
    await hold.entered;
    const closing = replica.stop();
    hold.open();
    await closing;
    expect(await bed.effectsOf(order)).toEqual([first.id]);
    expect(await bed.kafka.lag()).toBe(1);
    const { groups } = await bed.kafka.admin.describeGroups([bed.service]);
    expect(groups[0]?.members).toEqual([]);
    await bed.start();
    await eventually(async () => expect(await bed.effectsOf(order)).toEqual(ids([first, second])));
  });

  it('does not begin another try of a failing message', async () => {
    const replica = await bed.start({ immediateRetries: 1_000 });
    const order = anOrderId();
    const event = paymentSuccessful(order);
    replica.script.behave = () => {
      throw new Error('not now');
    };
    await bed.kafka.publish(event);
    await eventually(() => expect(replica.script.attempts.get(event.id)).toBeGreaterThan(2));
    await replica.stop();
    expect(await bed.failedOf(order)).toEqual([]);
    await bed.start();
    await eventually(async () => expect(await bed.effectsOf(order)).toEqual([event.id]));
  });
});

describe('replicas that come and go under load', () => {
  it('give every event one effect, in the order of its order', async () => {
    const script = new Script();
    const first = await bed.start({ maxBatchRecords: 20 }, script);
    const orders = Array.from({ length: 12 }, anOrderId);
    const events = Array.from({ length: 600 }, (_, n) => paymentSuccessful(orders[n % 12]!));
    const load = (async () => {
      for (let n = 0; n < events.length; n += 30) await bed.kafka.publish(...events.slice(n, n + 30));
    })();
    const second = await bed.start({ maxBatchRecords: 20 }, script);
    await first.stop();
    await bed.start({ maxBatchRecords: 20 }, script);
    await second.stop();
    await load;
    await eventually(async () => expect(await bed.kafka.lag()).toBe(0), { timeoutMs: 20_000 });
    for (const order of orders) {
      expect(await bed.effectsOf(order)).toEqual(ids(events.filter(({ orderId }) => orderId === order)));
    }
  });
});

describe('a consumer group that rebalances while a batch is failing', () => {
  it('gets its member back before the last try', async () => {
    const replica = await bed.start({ immediateRetries: 10_000 });
    const order = anOrderId();
    const event = paymentSuccessful(order);
    let healed = false;
    replica.script.behave = () => {
      if (!healed) throw new Error('not now');
    };
    await bed.kafka.publish(event);
    await eventually(() => expect(replica.script.attempts.get(event.id)).toBeGreaterThan(1));
    // Ready only once the group has let it in, which takes the first member's consent.
    await bed.start({}, replica.script);
    healed = true;
    await eventually(async () => expect(await bed.effectsOf(order)).toEqual([event.id]));
    expect(replica.app.get(KafkaEventServer)).toBeDefined();
  });
});
