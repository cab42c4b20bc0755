import { bars, lines } from './charts';

const labels = { title: 'a < b', x: 'orders', y: 'ms' };
const parts = [
  { name: 'kafka', value: 0.5 },
  { name: 'postgres', value: 1.25 },
];

describe('a plot', () => {
  it('names its axes and its lines, and escapes what would be markup', () => {
    const svg = lines(labels, [{ name: 'p50', points: [[5, 30], [500, 200]] }]); // prettier-ignore
    for (const text of ['a &lt; b', '>orders<', '>ms<', '>p50<']) expect(svg).toContain(text);
    expect(svg).not.toContain('NaN');
  });

  it('writes the sum above each bar, and what the bars are held against', () => {
    const svg = bars(labels, [{ name: 'at 50 %', parts }], { name: 'the limit', value: 3 });
    for (const text of ['>1.75<', '>at 50 %<', '>kafka<', '>postgres<', '>the limit<', '>3<'])
      expect(svg).toContain(text);
  });

  it('has no background, so that it can be read in light and dark', () => {
    expect(bars(labels, [{ name: 'one', parts }])).not.toMatch(/<rect[^>]*fill="(?:#fff|white)/);
  });

  it('is the same each time it is drawn', () => {
    const one = bars(labels, [{ name: 'one', parts }]);
    expect(bars(labels, [{ name: 'one', parts }])).toBe(one);
  });
});
