import type { Machine } from './machine';
import { benchOptions } from './options';
import type { BenchResult } from './result';
import { headOfBoth, partsOf, planLeft } from './resume';

const machine: Machine = { cpus: 2, model: 'M', memoryGiB: 8, system: 'linux', versions: {}, commit: 'a' };
const { plan } = benchOptions(['--parts', 'search,smtp,replicas,stored']);
const result: BenchResult = { at: 'then', machine, plan, rounds: [{}], figures: [], broken: [], replicas: [] };

describe('a benchmark that goes on with a result', () => {
  it('measures what the result does not have', () => {
    expect(partsOf(result)).toEqual(['search', 'replicas']);
    expect(planLeft(plan, result, machine).parts).toEqual(['smtp', 'stored']);
  });

  it('tells what was measured when, and of which commit', () => {
    const left = planLeft(plan, result, machine);
    expect(headOfBoth(result, left, { at: 'now', commit: 'b' })).toMatchObject({
      at: 'then',
      plan: { parts: ['search', 'replicas', 'smtp', 'stored'], rounds: 1 },
      resumed: [{ at: 'now', commit: 'b', parts: ['smtp', 'stored'], rounds: 0 }],
    });
  });

  it('measures as many rounds as are missing', () => {
    const left = planLeft({ ...plan, rounds: 3 }, result, machine);
    expect(left).toMatchObject({ parts: ['search', 'smtp', 'stored'], rounds: 2 });
    expect(headOfBoth(result, left, { at: 'now', commit: 'b' })).toMatchObject({
      plan: { parts: ['search', 'replicas', 'smtp', 'stored'], rounds: 3 },
      resumed: [{ rounds: 2 }],
    });
  });

  it('measures parts that no round has in rounds of their own', () => {
    const left = planLeft({ ...plan, parts: ['search', 'idle'], rounds: 2 }, result, machine);
    expect(left).toMatchObject({ parts: ['idle'], rounds: 2 });
    expect(headOfBoth(result, left, { at: 'now', commit: 'b' }).plan.rounds).toBe(3);
  });

  it('does not go on with that of another machine', () => {
    expect(() => planLeft(plan, result, { ...machine, cpus: 4 })).toThrow('another machine: 2 × M, 8 GiB');
  });
});
