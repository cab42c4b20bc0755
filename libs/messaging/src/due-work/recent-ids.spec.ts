import { RecentIds } from './recent-ids';

const KEPT = 100;
const ids = Array.from({ length: 1_000 }, (_, at) => `id-${String(at)}`);

describe('recent ids', () => {
  it('are remembered as long as they are among the newest, and never more than twice as many', () => {
    const recent = new RecentIds(KEPT);
    for (const [at, id] of ids.entries()) {
      recent.add(id);
      const remembered = ids.filter((other) => recent.has(other));
      expect(remembered).toEqual(ids.slice(at + 1 - remembered.length, at + 1));
      expect(remembered.length).toBeGreaterThanOrEqual(Math.min(at + 1, KEPT));
      expect(remembered.length).toBeLessThanOrEqual(2 * KEPT);
    }
  });

  it('do not know what never came', () => {
    const recent = new RecentIds(KEPT);
    recent.add('one');
    expect(recent.has('another')).toBe(false);
  });
});
