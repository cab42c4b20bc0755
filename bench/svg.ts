/** One value of a bar: its part by part, drawn one on the other. */
export interface Bar {
  readonly name: string;
  readonly parts: readonly { readonly name: string; readonly value: number }[];
}

export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

export interface Labels {
  readonly title: string;
  readonly x: string;
  readonly y: string;
}

const WIDTH = 760;
const HEIGHT = 400;
const [LEFT, RIGHT, TOP, BOTTOM] = [70, 190, 44, 64];
const [INNER_WIDTH, INNER_HEIGHT] = [WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM];
const COLOURS = ['#2563eb', '#dc2626', '#059669', '#d97706', '#7c3aed', '#0891b2', '#be185d', '#4d7c0f', '#64748b'];

/** Stacked bars side by side, with the sum above each; a legend when there is more than one part. */
export function bars(labels: Labels, data: readonly Bar[]): string {
  const sum = ({ parts }: Bar): number => parts.reduce((total, { value }) => total + value, 0);
  const ticks = linearTicks(Math.max(...data.map(sum)));
  const y = linear(ticks.at(-1) ?? 1);
  const slot = INNER_WIDTH / data.length;
  const width = Math.min(70, slot * 0.6);
  const names = [...new Set(data.flatMap(({ parts }) => parts.map(({ name }) => name)))];
  const drawn = data.map((bar, index) => {
    const middle = LEFT + (index + 0.5) * slot;
    let base = 0;
    const rects = bar.parts.map(({ name, value }) => {
      base += value;
      const height = y(base - value) - y(base);
      return `<rect x="${px(middle - width / 2)}" y="${px(y(base))}" width="${px(width)}" height="${px(height)}" fill="${colour(names.indexOf(name))}"/>`;
    });
    return `${rects.join('')}
${text(middle, y(base) - 6, shortNumber(base), { anchor: 'middle' })}
${text(middle, HEIGHT - BOTTOM + 18, bar.name, { anchor: 'middle' })}`;
  });
  return figure(labels, [yAxis(ticks, y), ...drawn, names.length > 1 ? legend(names) : '']);
}

/** Lines with their points, over a logarithmic scale: latencies of several magnitudes are to be compared. */
export function lines(labels: Labels, data: readonly Line[]): string {
  const points = data.flatMap((line) => line.points);
  const xTicks = linearTicks(Math.max(...points.map(([x]) => x)));
  const yTicks = logarithmicTicks(points.map(([, y]) => y));
  const x = (value: number): number => LEFT + (value / (xTicks.at(-1) ?? 1)) * INNER_WIDTH;
  const y = logarithmic(yTicks);
  const drawn = data.map((line, index) => {
    const at = line.points.map(([left, value]) => `${px(x(left))},${px(y(value))}`);
    const dots = line.points.map(
      ([left, value]) => `<circle cx="${px(x(left))}" cy="${px(y(value))}" r="3" fill="${colour(index)}"/>`,
    );
    return `<polyline fill="none" stroke="${colour(index)}" stroke-width="2" points="${at.join(' ')}"/>${dots.join('')}`;
  });
  const xAxis = xTicks.map((tick) => text(x(tick), HEIGHT - BOTTOM + 18, shortNumber(tick), { anchor: 'middle' }));
  return figure(labels, [yAxis(yTicks, y), ...xAxis, ...drawn, legend(data.map(({ name }) => name))]);
}

function figure({ title, x, y }: Labels, content: readonly string[]): string {
  const middle = TOP + INNER_HEIGHT / 2;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#1f2937">
<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>
${text(LEFT, 24, title, { size: 15 })}
${text(LEFT + INNER_WIDTH / 2, HEIGHT - 14, x, { anchor: 'middle' })}
<text x="16" y="${px(middle)}" text-anchor="middle" transform="rotate(-90 16 ${px(middle)})">${escape(y)}</text>
${content.filter((each) => each !== '').join('\n')}
</svg>
`;
}

function yAxis(ticks: readonly number[], y: (value: number) => number): string {
  return ticks
    .map(
      (tick) =>
        `<line x1="${LEFT}" y1="${px(y(tick))}" x2="${WIDTH - RIGHT}" y2="${px(y(tick))}" stroke="#e5e7eb"/>
${text(LEFT - 8, y(tick) + 4, shortNumber(tick), { anchor: 'end' })}`,
    )
    .join('\n');
}

function legend(names: readonly string[]): string {
  const x = WIDTH - RIGHT + 16;
  return names
    .map(
      (name, index) =>
        `<rect x="${x}" y="${TOP + index * 20}" width="12" height="12" fill="${colour(index)}"/>
${text(x + 18, TOP + index * 20 + 10, name)}`,
    )
    .join('\n');
}

interface TextStyle {
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly size?: number;
}

function text(x: number, y: number, content: string, { anchor = 'start', size = 12 }: TextStyle = {}): string {
  return `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}" font-size="${size}">${escape(content)}</text>`;
}

function linear(highest: number): (value: number) => number {
  return (value) => TOP + INNER_HEIGHT * (1 - value / highest);
}

function logarithmic(ticks: readonly number[]): (value: number) => number {
  const [low, high] = [Math.log(ticks[0] ?? 1), Math.log(ticks.at(-1) ?? 10)];
  return (value) => TOP + INNER_HEIGHT * (1 - (Math.log(value) - low) / (high - low));
}

/** From 0 to a round number that is at least `highest`, in five steps or fewer. */
export function linearTicks(highest: number): number[] {
  if (!(highest > 0)) return [0, 1];
  const rough = highest / 5;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * magnitude >= rough) ?? 10) * magnitude;
  return Array.from({ length: Math.ceil(highest / step - 1e-9) + 1 }, (_, index) => index * step);
}

/** 1, 2, 5, 10 … around all values. */
export function logarithmicTicks(values: readonly number[]): number[] {
  const [low, high] = [Math.max(0.1, Math.min(...values)), Math.max(...values)];
  const all = Array.from({ length: 8 }, (_, power) => [1, 2, 5].map((factor) => factor * 10 ** (power - 1))).flat();
  const from = Math.max(0, all.findLastIndex((tick) => tick <= low)); // prettier-ignore
  const to = all.findIndex((tick) => tick >= high);
  return all.slice(from, Math.max(to, from + 1) + 1);
}

function colour(index: number): string {
  return COLOURS[index % COLOURS.length] ?? 'black';
}

function shortNumber(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

function px(value: number): string {
  return value.toFixed(1);
}

function escape(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
