import { eventually } from '@app/testing';
import { Logger } from '@nestjs/common';
import { item, setUp } from '../../test/fake-outside';

Logger.overrideLogger(false);

const outage = () => Object.assign(new Error('terminating connection'), { code: '57P01' });

describe('offered items', () => {
  it('are performed with bounded concurrency, and each outcome is recorded', async () => {
    const { outside, worker } = setUp();
    worker.offer(Array.from({ length: 10 }, (_, n) => item(`order-${n}`)));
    for (let done = 0; done < 10; done += 1) {
      await eventually(() => expect(outside.open.size).toBeGreaterThan(0), { intervalMs: 1 });
      [...outside.open.values()][0]?.('done');
    }
    await eventually(() => expect(outside.settled).toHaveLength(10), { intervalMs: 1 });
    expect(outside.mostAtATime).toBe(3);
  });

  it('of one order are performed one after the other, each after the last one was recorded', async () => {
    const { outside, worker } = setUp();
    worker.offer([item('a', 1), item('a', 2), item('b', 1)]);
    await eventually(() => expect(outside.started).toEqual(['a-1', 'b-1']), { intervalMs: 1 });
    outside.open.get('a-1')?.('done');
    await eventually(() => expect(outside.started).toEqual(['a-1', 'b-1', 'a-2']), { intervalMs: 1 });
    expect(outside.settled).toEqual(['a-1 done']);
    outside.open.get('a-2')?.('done');
    outside.open.get('b-1')?.('done');
    await eventually(() => expect(outside.settled).toHaveLength(3), { intervalMs: 1 });
  });

  it('that waited so long that their lease may run out are left to whoever claims them next', async () => {
    const { outside, worker } = setUp();
    outside.byItself = true;
    worker.offer([item('late', 0, 4_000), item('in-time')]);
    await eventually(() => expect(outside.settled).toEqual(['in-time-0 done']), { intervalMs: 1 });
    expect(outside.started).toEqual(['in-time-0']);
  });
});

describe('whoever brings new items', () => {
  it('waits until half of the capacity is free', async () => {
    const { outside, worker } = setUp({ capacity: 4, concurrency: 4 });
    await worker.untilCapacity();
    worker.offer(['a', 'b', 'c'].map((order) => item(order)));
    let hasCapacity = false;
    const waiting = worker.untilCapacity().then(() => (hasCapacity = true));
    await eventually(() => expect(outside.open.size).toBe(3), { intervalMs: 1 });
    expect(hasCapacity).toBe(false);
    outside.open.get('b-0')?.('done');
    await waiting;
    expect(outside.settled).toEqual(['b-0 done']);
  });

  it('does not wait for an outside that does not answer, nor for a worker that ends', async () => {
    const { outside, worker } = setUp({ capacity: 1, timeoutMs: 20_000 });
    worker.offer([item('a'), item('b')]);
    const begin = performance.now();
    await worker.untilCapacity();
    expect(performance.now() - begin).toBeLessThan(2_000);
    const waiting = worker.untilCapacity();
    const stopped = worker.stop();
    await waiting;
    outside.open.get('a-0')?.('done');
    outside.open.get('b-0')?.('done');
    await stopped;
  });
});

describe('what is being recorded', () => {
  it('takes no place from calls that could be made', async () => {
    const { outside, worker } = setUp({ concurrency: 2 });
    const recording = Promise.withResolvers<void>();
    outside.byItself = true;
    outside.settle = () => recording.promise;
    worker.offer(Array.from({ length: 6 }, (_, n) => item(`order-${n}`)));
    await eventually(() => expect(outside.started).toHaveLength(6), { intervalMs: 1 });
    recording.resolve();
    await worker.stop();
  });
});

describe('a call that', () => {
  it('throws has that as its outcome', async () => {
    const { outside, worker } = setUp();
    worker.offer([item('a')]);
    await eventually(() => expect(outside.open.size).toBe(1), { intervalMs: 1 });
    outside.open.get('a-0')?.(new RangeError('no'));
    await eventually(() => expect(outside.settled).toEqual(['a-0 failed: RangeError']), { intervalMs: 1 });
  });

  it('does not end when its time is up is given up, and its order goes on', async () => {
    const { outside, worker } = setUp({ timeoutMs: 20 });
    worker.offer([item('a', 1), item('a', 2)]);
    await eventually(() => expect(outside.started).toEqual(['a-1', 'a-2']));
    expect(outside.settled).toEqual(['a-1 failed: TimeoutError']);
    outside.open.get('a-2')?.('done');
    await eventually(() => expect(outside.settled).toHaveLength(2), { intervalMs: 1 });
  });
});

describe('an outcome', () => {
  it('is recorded when an outage is over, however long it takes', async () => {
    const { outside, worker } = setUp();
    outside.byItself = true;
    let down = 3;
    outside.onSettle = () => {
      if (down-- > 0) throw outage();
    };
    worker.offer([item('a')]);
    await eventually(() => expect(outside.settled).toEqual(['a-0 done']));
  });

  it('that cannot be recorded does not keep the others from it', async () => {
    const { outside, worker } = setUp({ concurrency: 10 });
    outside.byItself = true;
    outside.onSettle = (ids) => {
      if (ids.includes('order-3-0')) throw new TypeError('a defect');
    };
    worker.offer(Array.from({ length: 6 }, (_, n) => item(`order-${n}`)));
    await eventually(() => expect(outside.settled).toHaveLength(5), { intervalMs: 1 });
    expect(outside.settled.some((settled) => settled.startsWith('order-3'))).toBe(false);
    worker.offer([item('later')]);
    await eventually(() => expect(outside.settled).toContain('later-0 done'), { intervalMs: 1 });
  });
});

describe('the sweep', () => {
  it('finds due items nobody was handed, and survives a database that is down', async () => {
    const { outside, worker } = setUp();
    outside.byItself = true;
    const claim = outside.claim.bind(outside);
    let down = true;
    outside.claim = (...parameters) => (down ? Promise.reject(outage()) : claim(...parameters));
    outside.due.push(item('a'), item('b'));
    worker.start();
    worker.start();
    down = false;
    await eventually(() => expect(outside.settled.toSorted()).toEqual(['a-0 done', 'b-0 done']), { intervalMs: 1 });
    await worker.stop();
  });

  it('comes back for what it had no room for as soon as half of it is free, not only at its next time', async () => {
    const { outside, worker } = setUp({ capacity: 4, concurrency: 4, sweepIntervalMs: 3_600_000 });
    outside.byItself = true;
    outside.due.push(...Array.from({ length: 40 }, (_, n) => item(`order-${n}`)));
    worker.start();
    await eventually(() => expect(outside.settled).toHaveLength(40));
    await worker.stop();
  });

  it('never holds more than its capacity', async () => {
    const { outside, worker } = setUp({ capacity: 4, concurrency: 2 });
    outside.due.push(...Array.from({ length: 10 }, (_, n) => item(`order-${n}`)));
    worker.start();
    await eventually(() => expect(outside.due).toHaveLength(6), { intervalMs: 1 });
    expect(worker.leaseFor(1)).toMatchObject({ mine: false });
    outside.byItself = true;
    [...outside.open.values()].forEach((end) => end('done'));
    await eventually(() => expect(outside.settled).toHaveLength(10));
    expect(worker.leaseFor(1)).toMatchObject({ mine: true });
    await worker.stop();
  });
});

describe('a worker that is stopped', () => {
  it('ends and records the calls in progress and begins nothing else', async () => {
    const { outside, worker } = setUp();
    worker.start();
    worker.offer([item('a', 1), item('a', 2), item('b'), item('c'), item('d')]);
    await eventually(() => expect(outside.open.size).toBe(3), { intervalMs: 1 });
    const stopped = worker.stop();
    [...outside.open.values()].forEach((end) => end('done'));
    await stopped;
    expect(outside.settled.toSorted()).toEqual(['a-1 done', 'b-0 done', 'c-0 done']);
    expect(outside.started).toHaveLength(3);
    expect(worker.leaseFor(1)).toMatchObject({ mine: false });
  });

  it('does not wait for a database that is down', async () => {
    const { outside, worker } = setUp();
    outside.byItself = true;
    outside.onSettle = () => {
      throw outage();
    };
    worker.offer([item('a')]);
    await eventually(() => expect(outside.started).toEqual(['a-0']), { intervalMs: 1 });
    await worker.stop();
    expect(outside.settled).toEqual([]);
  });
});

describe('an outcome whose row somebody has locked', () => {
  const lockTimeout = () => Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' });

  it('keeps no other outcome from being recorded, and is recorded when the lock is gone', async () => {
    const { outside, worker } = setUp({ concurrency: 10 });
    outside.byItself = true;
    let locked = true;
    outside.onSettle = (ids) => {
      if (locked && ids.includes('order-3-0')) throw lockTimeout();
    };
    worker.offer(Array.from({ length: 6 }, (_, n) => item(`order-${n}`)));
    await eventually(() => expect(outside.settled).toHaveLength(5), { intervalMs: 1 });
    worker.offer([item('later')]);
    await eventually(() => expect(outside.settled).toContain('later-0 done'), { intervalMs: 1 });
    expect(outside.settled).not.toContain('order-3-0 done');
    locked = false;
    await eventually(() => expect(outside.settled).toContain('order-3-0 done'));
    await worker.stop();
  });

  it('does not keep a worker from stopping', async () => {
    const { outside, worker } = setUp();
    outside.byItself = true;
    outside.onSettle = () => {
      throw lockTimeout();
    };
    worker.offer([item('a')]);
    await eventually(() => expect(outside.started).toEqual(['a-0']), { intervalMs: 1 });
    await worker.stop();
    expect(outside.settled).toEqual([]);
  });
});
