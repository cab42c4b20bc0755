import { benchOptions, PARTS } from './options';

describe('the options of the benchmark', () => {
  it('are the quick parts at 300 orders a second without any', () => {
    const { plan, out } = benchOptions([]);
    expect(plan).toMatchObject({ parts: ['load', 'idle', 'baselines'], rate: 300, seconds: 60, rounds: 1 });
    expect(out).toBe('.local/bench');
  });

  it('take rate, seconds and no baseline as they always did', () => {
    const { plan } = benchOptions(['--rate', '500', '--seconds', '30', '--no-baseline']);
    expect(plan).toMatchObject({ parts: ['load', 'idle'], rate: 500, seconds: 30 });
  });

  it('are all parts but the plain load with --full', () => {
    expect(benchOptions(['--full', '--rounds', '3']).plan).toMatchObject({
      parts: PARTS.filter((part) => part !== 'load'),
      rounds: 3,
    });
  });

  it('write to the documents with --page only', () => {
    expect(benchOptions(['--page']).out).toBe('docs/benchmarks');
  });

  it.each([['--parts', 'search,luck'], ['--rate', 'many'], ['--seconds', '0'], ['--mails', 'dove'], ['--unknown']])(
    'are refused when they are %s %s',
    (...args) => {
      expect(() => benchOptions(args)).toThrow(/no part|number above 0|counted or smtp|Unknown option/);
    },
  );
});
