import { figuresOf } from './figures';
import { benchOptions } from './options';
import { page } from './page';
import { plotsOf } from './plots';
import type { BenchResult, Round } from './result';
import { percentiles } from './statistics';
import { aStage, baselinesWith } from './test-data';

const ROUND: Round = {
  search: { sustainedPerSecond: 700, probes: [], confirmed: aStage({ offeredPerSecond: 700 }) },
  latency: {
    unloaded: aStage({ offeredPerSecond: 5 }),
    atShares: [0.1, 0.5, 0.8].map((share) => ({ share, stage: aStage({ offeredPerSecond: 700 * share }) })),
  },
  baselines: baselinesWith(500),
};

function aResult(rest: Partial<BenchResult> = {}): BenchResult {
  const machine = { cpus: 2, model: 'a CPU', memoryGiB: 8, system: 'linux', versions: { Node: '24' }, commit: 'abc' };
  const measured = { rounds: [ROUND, ROUND], ...rest };
  const { plan } = benchOptions(['--full']);
  return { at: '2026-01-01T00:00:00Z', machine, plan, figures: figuresOf(measured), broken: [], ...measured };
}

describe('the page of a result', () => {
  it('has each figure beside its target', () => {
    const text = page(aResult(), []);
    expect(text).toContain('| sustained ÷ raw SQL | ≥ 1.3 (floor 1) | 1.4 × |  | met |');
    expect(text).toContain('| POST → confirmed at 5/s, p50 | ≤ 40 | 50 ms |  | **missed** |');
  });

  it('shows the plots there are', () => {
    const result = aResult();
    const plots = plotsOf(result);
    expect(plots.map(({ name }) => name)).toEqual(['latency', 'cpu', 'throughput']);
    for (const { name, title } of plots) expect(page(result, plots)).toContain(`![${title}](${name}.svg)`);
  });

  it('shows what the time until confirmed is made of', () => {
    const ms = percentiles([3, 5, 4]);
    const text = page(
      aResult({ steps: { orders: 3, confirmedMs: percentiles([20]), steps: [{ name: 'Kafka', ms }] } }),
      [],
    );
    expect(text).toContain('3 orders, 5 a second, medians. One commit alone takes');
    expect(text).toContain('| Kafka | 4 | 5 |\n| POST → confirmed | 20 | 20 |');
  });

  it('tells what a later run has added', () => {
    const resumed = [
      { at: 'T1', commit: 'b', parts: ['search', 'smtp'], rounds: 2 },
      { at: 'T2', commit: 'c', parts: ['stored'], rounds: 0 },
    ] as const;
    const text = page(aResult({ resumed }), []);
    expect(text).toContain('- added with 2 more of the rounds: search, smtp; T1, commit b');
    expect(text).toContain('- added: stored; T2, commit c');
  });

  it('says what was broken', () => {
    expect(page(aResult({ broken: ['3 orders lost'] }), [])).toContain('## What was broken\n\n- 3 orders lost');
  });

  it('can be made of a run that measured nothing', () => {
    expect(page(aResult({ rounds: [], figures: [] }), [])).toContain('0 of 0 targets');
  });
});
