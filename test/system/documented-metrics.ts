import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The rows of docs/metrics.md: what every metric is called, and which labels it has, sorted. */
export function documentedMetrics(): { name: string; type: string; labels: string[] }[] {
  const page = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8');
  return page
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter(([, name]) => /^`\w+`$/.test(name ?? ''))
    .map(([, name = '', type = '', labels = '']) => ({
      name: name.replaceAll('`', ''),
      type,
      labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label).toSorted(),
    }));
}
