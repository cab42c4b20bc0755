import { highestSustained, type Sustains } from './search';

/** A system that sustains so much for a short time and so much for long, and remembers what it was offered. */
function aSystem(short: number, long = short) {
  const probed: number[] = [];
  const confirmed: number[] = [];
  const answers = (list: number[], limit: number): Sustains => {
    return async (rate) => {
      list.push(rate);
      return rate <= limit;
    };
  };
  return { probed, confirmed, probe: answers(probed, short), confirm: answers(confirmed, long) };
}

const search = (system: ReturnType<typeof aSystem>, from: number): Promise<number> =>
  highestSustained({ from, resolution: 0.05, probe: system.probe, confirm: system.confirm });

describe('the search for the highest sustained rate', () => {
  it.each([
    [700, 300],
    [700, 700],
    [700, 2_500],
    [37, 300],
    [1_990, 10],
    [3, 100],
    [1, 1],
  ])('finds %i/s when it begins at %i/s', async (limit, from) => {
    const found = await search(aSystem(limit), from);
    expect(found).toBeLessThanOrEqual(limit);
    expect(found * 1.05 + 1).toBeGreaterThanOrEqual(limit);
  });

  it('needs no more than eight short tries when it begins within a factor of two', async () => {
    const system = aSystem(700);
    await search(system, 400);
    expect(new Set(system.probed).size).toBeLessThanOrEqual(8);
    expect(system.confirmed).toHaveLength(1);
  });

  it('is not misled by a bad moment: a short try that fails is made again', async () => {
    const system = aSystem(700);
    let tries = 0;
    const probe: Sustains = async (rate) => (await system.probe(rate)) && (tries += 1) > 1;
    const found = await highestSustained({ from: 600, resolution: 0.05, probe, confirm: system.confirm });
    expect(found * 1.05 + 1).toBeGreaterThanOrEqual(700);
  });

  it('goes down until the long try succeeds', async () => {
    const system = aSystem(700, 620);
    const found = await search(system, 600);
    expect(found).toBeLessThanOrEqual(620);
    expect(found).toBeGreaterThan(580);
    expect(system.confirmed.at(-1)).toBe(found);
  });

  it('says so when nothing is sustained, or everything', async () => {
    await expect(search(aSystem(0), 100)).rejects.toThrow('not even');
    await expect(search(aSystem(Infinity), 100)).rejects.toThrow('even');
    await expect(search(aSystem(100, 0), 100)).rejects.toThrow('for the whole time');
  });
});
