import type { BenchResult } from '../result';
import { withCalculation } from './document';
import { read } from '../../tools/docs/read-markdown';

/** Tables are padded when they are written. */
function withoutPadding(page: string): string {
  return page.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');
}

describe('docs/scaling.md', () => {
  it('calculates with what the stored benchmark has measured', () => {
    const result = JSON.parse(read('docs/benchmarks/result.json')) as BenchResult;
    const page = read('docs/scaling.md');
    expect(withoutPadding(page)).toBe(withoutPadding(withCalculation(page, result)));
  });
});
