import { figuresOf, median, short } from './figures';
import type { Round, StoredResult } from './result';
import { aStage, baselinesWith } from './test-data';

/** A round that sustained so many, on a database that manages `rawSql` alone. */
function aRound(sustained: number, rawSql = 500): Round {
  return {
    search: { sustainedPerSecond: sustained, probes: [], confirmed: aStage({ offeredPerSecond: sustained }) },
    baselines: baselinesWith(rawSql),
  };
}

const named = (rounds: readonly Round[], name: string) => figuresOf({ rounds }).find((figure) => figure.name === name);

describe('the figures of several rounds', () => {
  it('are the median with its spread', () => {
    expect(named([aRound(700), aRound(500), aRound(650)], 'sustained')).toMatchObject({
      median: 650,
      least: 500,
      most: 700,
    });
  });

  it('compare what belongs to the same round', () => {
    const rounds = [aRound(700, 350), aRound(600, 300), aRound(500, 500)];
    expect(named(rounds, 'sustained ÷ raw SQL')).toMatchObject({ median: 2, least: 1, most: 2, met: true });
  });

  it('miss a target when the median does', () => {
    expect(named([aRound(700), aRound(600), aRound(600)], 'sustained ÷ raw SQL')).toMatchObject({
      median: 1.2,
      target: { is: 'atLeast', value: 1.3, floor: 1 },
      met: false,
    });
  });

  it('are left out when they were not measured', () => {
    const { search } = aRound(700);
    expect(named([{ ...(search && { search }) }], 'sustained ÷ stock transport')).toBeUndefined();
    expect(figuresOf({ rounds: [] })).toEqual([]);
  });
});

describe('figures of services', () => {
  it('are those of the service that has the most, and not of the infrastructure', () => {
    const processes = {
      kafka: { cpuSeconds: 1, residentMiB: 900 },
      'order-service': { cpuSeconds: 1, residentMiB: 150 },
      'payment-service-2': { cpuSeconds: 1, residentMiB: 170 },
    };
    const load = { unloaded: aStage({}), loaded: aStage({ processes }) };
    const idle = { seconds: 30, shares: { kafka: 0.05, 'order-service': 0.02, 'payment-service': 0.004 } };
    expect(named([{ load, idle }], 'resident memory, the service with the most')).toMatchObject({
      median: 170,
      met: true,
    });
    expect(named([{ load, idle }], 'idle CPU, the service with the most')).toMatchObject({ median: 2, met: false });
  });
});

it('an order’s cost with many stored is compared with its cost with few', () => {
  const stored = (orders: number, cpuSecondsPer1000: number): StoredResult => {
    return { orders, databaseMiB: 1, fillSeconds: 1, stage: aStage({ cpuSecondsPer1000 }) };
  };
  const figures = figuresOf({ rounds: [], stored: [stored(10_000, 2), stored(1e6, 3), stored(5e6, 2.2)] });
  expect(figures).toEqual([expect.objectContaining({ name: 'CPU of an order with 5 M stored ÷ 10 k', met: true })]);
  expect(figures[0]?.median).toBeCloseTo(1.1);
});

it('a median of an even number of values lies between two of them', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([3, 1, 2])).toBe(2);
});

it('numbers of orders are short', () => {
  expect([500, 10_000, 1e6].map(short)).toEqual(['500', '10 k', '1 M']);
});
