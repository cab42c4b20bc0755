import { CATALOGUE, messagingIdentityOf } from '@app/events';
import type { EventEnvelope } from '@app/events';
import { SystemClock } from '@app/platform';
import { anOrderId, asKafkaMessage } from '@app/testing';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { orderCreated, paymentSuccessful } from '../../test/events';
import { MemoryCore } from '../../test/memory-core';
import type { ConsumedRecord } from '../record/consumed-record';
import { toConsumedRecord } from '../record/consumed-record';
import { EventBatchProcessor } from './event-batch-processor';
import { ProcessSpans } from './process-spans';
import { MessagingOptions } from '../messaging-options';
import { MessagingMetrics } from '../metrics/messaging-metrics';

Logger.overrideLogger(false);

let offset = 0;
function recordOf(event: EventEnvelope): ConsumedRecord {
  const { key, value, headers } = asKafkaMessage(event);
  const message = { key: Buffer.from(key), value: Buffer.from(value), headers, timestamp: '0', attributes: 0 };
  return toConsumedRecord(CATALOGUE, event.type, 0, { ...message, offset: String((offset += 1)) });
}

function outage(): Error {
  return Object.assign(new Error('terminating connection'), { code: '57P01' });
}

/** A processor on an in-memory database, with a handler that writes the id of each event. */
function setUp(fail: (events: readonly EventEnvelope[]) => void = () => undefined, interrupted = () => false) {
  const core = new MemoryCore();
  const options = new MessagingOptions({
    ...messagingIdentityOf('order-service'),
    brokers: [],
    databaseUrl: '',
    partitions: 1,
    replicationFactor: 1,
    immediateRetries: 2,
  });
  const processor = new EventBatchProcessor(
    options,
    core.transactions,
    core.inbox,
    core.failedMessages,
    new SystemClock(),
    MessagingMetrics.OFF,
    new ProcessSpans(options),
  );
  let progress = 0;
  const calls: string[][] = [];
  const process = (records: readonly ConsumedRecord[]) =>
    processor.process(
      records,
      (topic, events) => {
        calls.push([topic, ...events.map(({ id }) => id)]);
        core.state.effects.push(...events.map(({ id }) => id));
        fail(events);
        return Promise.resolve();
      },
      { interrupted, progressed: () => (progress += 1) },
    );
  return { core, process, calls, progress: () => progress };
}

const failOn =
  (bad: ReadonlySet<string>, error: () => Error) =>
  (events: readonly EventEnvelope[]): void => {
    if (events.some(({ id }) => bad.has(id))) throw error();
  };

describe('a batch in which nothing fails', () => {
  it('is one transaction, with the topics in the order of an order’s life', async () => {
    const { core, process, calls } = setUp();
    const [paid, created] = [paymentSuccessful(anOrderId()), orderCreated(anOrderId())];
    await process([recordOf(paid), recordOf(created)]);
    expect(core.begun).toBe(1);
    expect(calls).toEqual([
      ['order_created', created.id],
      ['payment_successful', paid.id],
    ]);
  });

  it('hands an event that is in it twice, or was handled before, to the handler once', async () => {
    const { core, process } = setUp();
    const event = paymentSuccessful(anOrderId());
    await process([recordOf(event), recordOf(event)]);
    await process([recordOf(event)]);
    expect(core.state.effects).toEqual([event.id]);
  });

  it('without any record does nothing', async () => {
    const { core, process } = setUp();
    await process([]);
    expect(core.begun).toBe(0);
  });
});

describe('a batch in which messages fail', () => {
  it('is halved until each of them stands alone, whichever they are; the others have their effect once and in order', async () => {
    const scenario = fc.array(fc.boolean(), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(scenario, async (failing) => {
        const events = failing.map(() => paymentSuccessful(anOrderId()));
        const bad = new Set(events.filter((_, n) => failing[n]).map(({ id }) => id));
        const { core, process } = setUp(failOn(bad, () => new TypeError('a defect')));
        await process(events.map(recordOf));
        expect(core.state.effects).toEqual(events.filter(({ id }) => !bad.has(id)).map(({ id }) => id));
        expect(core.state.parked.map(({ id }) => id)).toEqual([...bad]);
        expect(core.state.parked.every(({ status }) => status === 'dead_lettered: handler_failed')).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps what comes after a failing message of the same order behind it', async () => {
    const [order, other] = [anOrderId(), anOrderId()];
    const events = [order, order, other, order].map((orderId) => paymentSuccessful(orderId));
    const { core, process } = setUp(failOn(new Set([events[1]!.id]), () => new Error('not now')));
    await process(events.map(recordOf));
    expect(core.state.effects).toEqual([events[0]!.id, events[2]!.id]);
    expect(core.state.parked.map(({ id, status, attempts }) => [id, status, attempts])).toEqual([
      [events[1]!.id, 'retrying', 3],
      [events[3]!.id, 'waiting', 0],
    ]);
  });

  it('lets one that fails only now and then through after a few tries', async () => {
    let failures = 2;
    const { core, process } = setUp(() => {
      if (failures-- > 0) throw new Error('not now');
    });
    const event = paymentSuccessful(anOrderId());
    await process([recordOf(event)]);
    expect(core.state).toMatchObject({ effects: [event.id], parked: [] });
  });

  it('tells of progress for each part that is done with', async () => {
    const events = Array.from({ length: 4 }, () => paymentSuccessful(anOrderId()));
    const { process, progress } = setUp(failOn(new Set([events[0]!.id]), () => new TypeError('a defect')));
    await process(events.map(recordOf));
    expect(progress()).toBe(3);
  });
});

describe('a record that cannot be read', () => {
  it('is dead-lettered in the transaction of its neighbours', async () => {
    const { core, process } = setUp();
    const event = paymentSuccessful(anOrderId());
    const poison = toConsumedRecord(CATALOGUE, 'payment_successful', 0, {
      key: null,
      value: null,
      timestamp: '0',
      attributes: 0,
      offset: '77',
      headers: {},
    });
    await process([poison, recordOf(event)]);
    expect(core.begun).toBe(1);
    expect(core.state.effects).toEqual([event.id]);
    expect(core.state.parked).toEqual([{ id: '77', orderId: null, status: 'dead_lettered: undecodable', attempts: 1 }]);
  });
});

describe('an outage', () => {
  it('is thrown on at once, without a second try and without anything put aside', async () => {
    const { core, process } = setUp(() => {
      throw outage();
    });
    const events = Array.from({ length: 8 }, () => paymentSuccessful(anOrderId()));
    await expect(process(events.map(recordOf))).rejects.toThrow('terminating connection');
    expect(core.begun).toBe(1);
    expect(core.state).toMatchObject({ effects: [], parked: [] });
  });

  it('at COMMIT loses nothing and doubles nothing when the batch comes again', async () => {
    const { core, process } = setUp();
    const events = Array.from({ length: 8 }, () => paymentSuccessful(anOrderId()));
    core.onCommit = () => {
      throw outage();
    };
    await expect(process(events.map(recordOf))).rejects.toThrow();
    core.onCommit = () => undefined;
    await process(events.map(recordOf));
    expect(core.state.effects).toEqual(events.map(({ id }) => id));
  });

  it('in the middle of a halved batch keeps what is done, and the rest comes again', async () => {
    const events = Array.from({ length: 4 }, () => paymentSuccessful(anOrderId()));
    let down = true;
    const { core, process } = setUp((batch) => {
      if (batch.length === 4) throw new Error('too much at once');
      if (down && batch.some(({ id }) => id === events[2]!.id)) throw outage();
    });
    await expect(process(events.map(recordOf))).rejects.toThrow('terminating connection');
    expect(core.state.effects).toEqual([events[0]!.id, events[1]!.id]);
    down = false;
    await process(events.map(recordOf));
    expect(core.state).toMatchObject({ effects: events.map(({ id }) => id), parked: [] });
  });

  it('while a message is put aside is thrown on: its offset must not be committed', async () => {
    const { core, process } = setUp(() => {
      throw new TypeError('a defect');
    });
    core.onCommit = () => {
      throw outage();
    };
    await expect(process([recordOf(paymentSuccessful(anOrderId()))])).rejects.toThrow('terminating connection');
    expect(core.state.parked).toEqual([]);
  });
});

describe('an interrupted batch', () => {
  it('is neither halved nor tried again, and nothing is put aside', async () => {
    const failing = (): void => {
      throw new Error('not now');
    };
    const { core, process } = setUp(failing, () => true);
    const records = [recordOf(paymentSuccessful(anOrderId())), recordOf(paymentSuccessful(anOrderId()))];
    await expect(process(records)).rejects.toThrow('not now');
    await expect(process(records.slice(0, 1))).rejects.toThrow('not now');
    expect(core.begun).toBe(2);
    expect(core.state.parked).toEqual([]);
  });
});
