import { anOrderId, eventually } from '@app/testing';
import { paymentFailed, paymentSuccessful } from '../../test/events';
import { MessagingBed, type Replica } from '../../test/messaging-app';

let bed: MessagingBed;
let replica: Replica;

beforeAll(async () => {
  bed = await MessagingBed.create();
  replica = await bed.start();
});
afterEach(() => {
  replica.script.behave = () => undefined;
});
afterAll(() => bed.destroy());

describe('a batch of events', () => {
  it('has its effects in the order of each key, and its offsets are committed', async () => {
    const [one, two] = [anOrderId(), anOrderId()];
    const events = Array.from({ length: 20 }, (_, n) => paymentSuccessful(n % 2 === 0 ? one : two));
    await bed.kafka.publish(...events);
    await eventually(async () => {
      expect(await bed.effectsOf(one)).toEqual(events.filter((_, n) => n % 2 === 0).map(({ id }) => id));
      expect(await bed.effectsOf(two)).toEqual(events.filter((_, n) => n % 2 === 1).map(({ id }) => id));
      expect(await bed.kafka.lag()).toBe(0);
    });
  });
});

describe('a handler that fails transiently', () => {
  it('is tried again while later messages of its order wait behind it in order and other orders flow', async () => {
    const [order, other] = [anOrderId(), anOrderId()];
    const events = [paymentSuccessful(order), paymentSuccessful(order), paymentSuccessful(order)];
    const bystander = paymentSuccessful(other);
    let healed = false;
    replica.script.behave = (batch) => {
      if (!healed && batch.some(({ id }) => id === events[0]?.id)) throw new Error('not now');
    };
    await bed.kafka.publish(events[0]!, bystander, events[1]!, events[2]!);
    await eventually(async () => {
      expect(await bed.effectsOf(other)).toEqual([bystander.id]);
      expect((await bed.failedOf(order)).map(({ status }) => status)).toEqual(['retrying', 'waiting', 'waiting']);
    });
    expect(await bed.effectsOf(order)).toEqual([]);
    healed = true;
    await eventually(async () => expect(await bed.effectsOf(order)).toEqual(events.map(({ id }) => id)));
    expect((await bed.failedOf(order)).map(({ status }) => status)).toEqual(['resolved', 'resolved', 'resolved']);
  });
});

describe('a handler that fails for good', () => {
  it('gets its message dead-lettered, and what is behind it stays waiting', async () => {
    const [order, other] = [anOrderId(), anOrderId()];
    const bad = paymentFailed(order);
    const behind = paymentSuccessful(order);
    replica.script.behave = (batch) => {
      if (batch.some(({ id }) => id === bad.id)) throw new TypeError('a defect');
    };
    await bed.kafka.publish(bad);
    await eventually(async () => {
      expect(await bed.failedOf(order)).toEqual([{ id: bad.id, status: 'dead_lettered', attempts: 1 }]);
    });
    const bystander = paymentSuccessful(other);
    await bed.kafka.publish(behind, bystander);
    await eventually(async () => expect(await bed.effectsOf(other)).toEqual([bystander.id]));
    await eventually(async () => expect((await bed.failedOf(order))[1]?.status).toBe('waiting'));
    expect(await bed.effectsOf(order)).toEqual([]);
  });

  it('gets its message dead-lettered after the last of its bounded tries', async () => {
    const order = anOrderId();
    const stubborn = paymentFailed(order);
    replica.script.behave = (batch) => {
      if (batch.some(({ id }) => id === stubborn.id)) throw new Error('never');
    };
    await bed.kafka.publish(stubborn);
    await eventually(async () => expect((await bed.failedOf(order))[0]?.status).toBe('dead_lettered'));
    const [{ attempts } = { attempts: 0 }] = await bed.failedOf(order);
    // 1 + 3 at once, then one for each of the three delays; the batch it came in may have been tried before it was alone.
    expect(attempts).toBe(7);
    expect(replica.script.attempts.get(stubborn.id)).toBe(7);
  });
});
