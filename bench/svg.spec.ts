import { bars, linearTicks, lines, logarithmicTicks } from './svg';

describe('the ticks of an axis', () => {
  it.each([
    [0.9, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [700, [0, 200, 400, 600, 800]],
    [1_000, [0, 200, 400, 600, 800, 1_000]],
    [0, [0, 1]],
  ])('reach beyond %d in round steps', (highest, ticks) => {
    expect(linearTicks(highest).map((tick) => Number(tick.toFixed(6)))).toEqual(ticks);
  });

  it('are powers of ten with their halves and fifths around values of several magnitudes', () => {
    expect(logarithmicTicks([30, 670])).toEqual([20, 50, 100, 200, 500, 1_000]);
    expect(logarithmicTicks([50, 50])).toEqual([50, 100]);
  });
});

describe('a plot', () => {
  const labels = { title: 'a < b', x: 'orders', y: 'ms' };

  it('names its axes, and escapes what would be markup', () => {
    const svg = lines(labels, [{ name: 'p50', points: [[5, 30], [500, 200]] }]); // prettier-ignore
    for (const text of ['a &lt; b', '>orders<', '>ms<', '>p50<']) expect(svg).toContain(text);
    expect(svg).not.toContain('NaN');
  });

  it('writes the sum above each bar', () => {
    const parts = [{ name: 'kafka', value: 0.5 }, { name: 'postgres', value: 1.25 }]; // prettier-ignore
    expect(bars(labels, [{ name: 'at 50 %', parts }])).toContain('>1.75<');
  });
});
