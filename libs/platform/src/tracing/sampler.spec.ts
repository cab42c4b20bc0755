import { RateLimit } from './rate-limit';
import { type SamplerName, type SamplingRules, type TraceBeginning, TraceSampler } from './sampler';
import { newTraceId } from './trace-ids';

let now = 0;
const sampler = (name: SamplerName, more: Partial<SamplingRules> = {}) =>
  new TraceSampler({ sampler: name, ratio: 1, perSecond: 1_000_000, ...more }, () => now);
const beginning = (more: Partial<TraceBeginning> = {}): TraceBeginning => {
  return { traceId: newTraceId(), parentSampled: undefined, purpose: 'change', ...more };
};

/** How many of a thousand are taken. */
function taken(by: TraceSampler, more: Partial<TraceBeginning> = {}): number {
  return Array.from({ length: 1_000 }, () => beginning(more)).filter((begun) => by.isSampled(begun)).length;
}

describe('the sampler', () => {
  it.each<[SamplerName, number, number, number]>([
    ['parentbased_always_on', 1_000, 1_000, 0],
    ['parentbased_always_off', 0, 1_000, 0],
    ['always_on', 1_000, 1_000, 1_000],
    ['always_off', 0, 0, 0],
  ])('%s takes %i of 1,000 without a parent, %i with one that is sampled, %i with one that is not', (...row) => {
    const [name, root, withSampled, withUnsampled] = row;
    expect(taken(sampler(name))).toBe(root);
    expect(taken(sampler(name), { parentSampled: true })).toBe(withSampled);
    expect(taken(sampler(name), { parentSampled: false })).toBe(withUnsampled);
  });

  it('takes the share that a ratio says, the same traces in every process', () => {
    const [one, other] = [sampler('traceidratio', { ratio: 0.2 }), sampler('parentbased_traceidratio', { ratio: 0.2 })];
    const begun = Array.from({ length: 5_000 }, () => beginning());
    const chosen = begun.filter((each) => one.isSampled(each));
    // Ten standard deviations: it is chance.
    expect(Math.abs(chosen.length - 1_000)).toBeLessThan(300);
    expect(begun.filter((each) => other.isSampled(each))).toEqual(chosen);
    expect(taken(sampler('traceidratio', { ratio: 0 }))).toBe(0);
    expect(taken(sampler('traceidratio', { ratio: 1 }))).toBe(1_000);
  });
});

describe('a limit of 10 traces a second', () => {
  it('holds for requests that change something, for those that read, and for callers who ask for it, each by itself', () => {
    const limited = sampler('parentbased_always_on', { perSecond: 10 });
    expect(taken(limited)).toBe(10);
    expect(taken(limited, { purpose: 'read' })).toBe(10);
    expect(taken(limited, { parentSampled: true })).toBe(10);
    expect(taken(limited, { parentSampled: true, purpose: 'observe' })).toBe(0);
    now += 500;
    expect(taken(limited)).toBe(5);
    now += 60_000;
    expect(taken(limited)).toBe(10);
  });

  it('is not used up by machines that ask how the process is', () => {
    const limited = sampler('always_on', { perSecond: 10 });
    expect(taken(limited, { purpose: 'observe' })).toBe(0);
    expect(taken(limited)).toBe(10);
  });
});

it('a limit of one a second gives one a second', () => {
  const limit = new RateLimit(1, () => now);
  expect([limit.take(), limit.take()]).toEqual([true, false]);
  now += 999;
  expect(limit.take()).toBe(false);
  now += 1;
  expect(limit.take()).toBe(true);
});
