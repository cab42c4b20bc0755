import { SystemClock } from './clock';
import { UuidV7Ids } from './ids';

describe('new ids', () => {
  it('are distinct and sort in the order they were made', () => {
    const ids = new UuidV7Ids();
    const made = Array.from({ length: 10_000 }, () => ids.next());
    expect(made.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(
      true,
    );
    expect([...made].sort()).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
  });
});

describe('the clock', () => {
  it('gives everybody a time of their own', () => {
    const clock = new SystemClock();
    clock.now().setFullYear(1999);
    expect(clock.now().getFullYear()).toBeGreaterThan(2020);
  });
});
