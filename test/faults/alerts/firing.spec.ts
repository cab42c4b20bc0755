import { judgeAlerts, type Firing } from './firing';

function firing(alert: string): Firing {
  return { alert, labels: { job: 'order-service', instance: '127.0.0.1:1' }, from: 12_000, to: 40_400 };
}

describe('the alerts of a scenario', () => {
  it('are right when those fired that had to, whatever else did', () => {
    expect(judgeAlerts({ fire: ['A'] }, [firing('A'), firing('B')], [])).toEqual([]);
  });

  it('are wrong when one that had to fire did not', () => {
    expect(judgeAlerts({ fire: ['A', 'B'] }, [firing('A')], [])).toMatchObject([
      { invariant: 'I17', what: 'an alert did not fire', examples: ['B'] },
    ]);
  });

  it('are wrong when anything fires in a system to which nothing was done, unless the machine is to blame', () => {
    const found = judgeAlerts({ fire: [], only: true }, [firing('A'), firing('EventLoopBlocked')], []);
    expect(found).toMatchObject([{ invariant: 'I17', examples: ['A (order-service) from 12 s to 40 s'] }]);
  });

  it('are wrong when one does not end', () => {
    expect(judgeAlerts({ fire: ['A'] }, [firing('A')], ['A', 'B'])).toMatchObject([
      { what: 'an alert still fires although everything is well again', examples: ['A'] },
    ]);
  });
});
