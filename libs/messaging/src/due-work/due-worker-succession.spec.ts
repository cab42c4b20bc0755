import { eventually } from '@app/testing';
import { Logger } from '@nestjs/common';
import { item, setUp, successor } from '../../test/fake-outside';

Logger.overrideLogger(false);

describe('an item that comes after another', () => {
  it('is performed when that one is through, in hand or long done', async () => {
    const { outside, worker } = setUp();
    outside.byItself = true;
    worker.offer([item('a', 1), successor('a', 2)]);
    expect(worker.holds(item('a', 2))).toBe(true);
    await eventually(() => expect(outside.settled).toEqual(['a-1 done', 'a-2 done']), { intervalMs: 1 });
    await eventually(() => expect(worker.holds(item('a', 2))).toBe(true), { intervalMs: 1 });
    worker.offer([successor('a', 3)]);
    await eventually(() => expect(outside.settled.at(-1)).toBe('a-3 done'), { intervalMs: 1 });
  });

  it('is not performed when that one is to be tried again, nor is what comes after it', async () => {
    const { outside, worker } = setUp();
    worker.offer([item('a', 1), successor('a', 2), successor('a', 3), item('b', 1)]);
    await eventually(() => expect(outside.open.size).toBe(2), { intervalMs: 1 });
    outside.open.get('a-1')?.(new RangeError('not now'));
    outside.open.get('b-1')?.('done');
    await eventually(() => expect(outside.settled).toHaveLength(4), { intervalMs: 1 });
    expect(outside.settled).toEqual(
      expect.arrayContaining(['a-1 failed: RangeError', 'a-2 waits', 'a-3 waits', 'b-1 done']),
    );
    expect(outside.started.toSorted()).toEqual(['a-1', 'b-1']);
  });

  it('is not performed when that one was left to somebody else, or its outcome could not be recorded', async () => {
    const { outside, worker } = setUp();
    outside.byItself = true;
    outside.onSettle = (ids) => {
      if (ids.includes('lost-1')) throw new TypeError('a defect');
    };
    worker.offer([item('late', 1, 4_000), successor('late', 2), item('lost', 1), successor('lost', 2)]);
    await eventually(() => expect(outside.settled.toSorted()).toEqual(['late-2 waits', 'lost-2 waits']));
  });

  it('is not performed when nobody here knows of that one', async () => {
    const { outside, worker } = setUp();
    expect(worker.holds(item('a', 1))).toBe(false);
    worker.offer([successor('a', 2)]);
    await eventually(() => expect(outside.settled).toEqual(['a-2 waits']), { intervalMs: 1 });
    expect(worker.holds(item('a', 2))).toBe(false);
  });
});
