import { SystemChance } from './chance';

describe('chance', () => {
  it('gives numbers from 0 to 1, all over the range', () => {
    const chance = new SystemChance();
    const numbers = Array.from({ length: 1_000 }, () => chance.next());
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    expect([Math.min(...numbers) < 0.1, Math.max(...numbers) > 0.9]).toEqual([true, true]);
  });
});
