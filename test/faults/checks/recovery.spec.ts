import { Journal, type JournalEntry } from '../journal';
import type { Scenario } from '../scenario';
import type { Band, World } from '../world';
import { checkRecovery, recoveryOf } from './recovery';

const bands: readonly Band[] = [
  { what: 'first', from: 1_000, to: 5_000 },
  { what: 'second', from: 20_000, to: 21_000 },
];

function worldOf(...creates: readonly Partial<JournalEntry>[]): World {
  const journal = new Journal();
  for (const create of creates) journal.add({ kind: 'create', client: 'c', at: 0, ms: 10, status: 503, ...create });
  return { bands, load: { journal } } as unknown as World;
}

describe('how long orders are refused after a fault', () => {
  it.each<[string, Partial<JournalEntry>, number]>([
    ['lasts until the last refusal is answered', { at: 8_000, ms: 2_000 }, 5],
    ['is not what was refused while it lasted', { at: 4_900, ms: 6_000 }, 0],
    ['is not what the next fault refuses', { at: 20_100 }, 0],
    ['is not what was on its way when the next fault began', { at: 19_990, ms: 30 }, 0],
    ['is not a repetition that was told to wait', { at: 8_000, status: 409, key: 'k' }, 0],
    ['is not an order that was accepted', { at: 8_000, status: 201 }, 0],
    ['is that of the last fault as well', { at: 22_000, ms: 1_000 }, 2],
    ['counts a customer who got no answer', { at: 6_000, ms: 4_000, status: 0 }, 5],
  ])('%s', (_, create, seconds) => {
    expect(recoveryOf(worldOf(create)).seconds).toBe(seconds);
  });

  it('is not what a fault refuses that lasts longer, and around it', () => {
    const around = { what: 'around', from: 500, to: 9_000 };
    const world = { ...worldOf({ at: 6_000 }, { at: 9_500, ms: 500 }), bands: [around, ...bands] } as World;
    expect(recoveryOf(world)).toEqual({ what: 'around', seconds: 1 });
  });

  it('is a finding when it is longer than promised', () => {
    const found = (scenario: Partial<Scenario>) => checkRecovery(worldOf({ at: 8_500 }), scenario as Scenario);
    expect(found({ acceptingAgainSeconds: 4 })).toEqual([]);
    expect(found({})).toMatchObject([{ invariant: 'I14', examples: ['first'] }]);
  });
});
