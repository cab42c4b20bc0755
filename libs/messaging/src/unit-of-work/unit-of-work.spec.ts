import type { DatabaseSession } from '@app/postgres';
import { UnitOfWork } from './unit-of-work';

let unitOfWork: UnitOfWork;
let applied: unknown[];

beforeEach(() => {
  unitOfWork = new UnitOfWork({} as DatabaseSession);
  applied = [];
});

const apply = (given: UnitOfWork, items: readonly string[]): Promise<void> => {
  applied.push({ items, isMine: given === unitOfWork });
  return Promise.resolve();
};

async function conclude(): Promise<void> {
  for (const conclusion of unitOfWork.pending.conclusions) await conclusion();
}

describe('items that several handlers give to a unit of work', () => {
  it('are applied together when it concludes, in the order they were given', async () => {
    const key = {};
    unitOfWork.gather(key, ['a', 'b'], apply);
    unitOfWork.gather(key, ['c', 'd'], apply);
    expect(applied).toEqual([]);
    await conclude();
    expect(applied).toEqual([{ items: ['a', 'b', 'c', 'd'], isMine: true }]);
  });

  it('are kept apart by their key, and applied in the order the keys came', async () => {
    const [orders, stock] = [{}, {}];
    unitOfWork.gather(orders, ['order'], apply);
    unitOfWork.gather(stock, ['product'], apply);
    unitOfWork.gather(orders, ['another order'], apply);
    await conclude();
    expect(applied).toEqual([
      { items: ['order', 'another order'], isMine: true },
      { items: ['product'], isMine: true },
    ]);
  });

  it('cost nothing when there are none', async () => {
    unitOfWork.gather({}, [], apply);
    expect(unitOfWork.pending.conclusions).toEqual([]);
  });

  it('are applied, too, when they come while others are', async () => {
    const key = {};
    unitOfWork.gather(key, ['first'], async (given, items) => {
      given.gather(key, ['second'], apply);
      await apply(given, items);
    });
    await conclude();
    expect(applied).toEqual([
      { items: ['first'], isMine: true },
      { items: ['second'], isMine: true },
    ]);
  });

  it('are not the business of their giver', async () => {
    const mine = ['a'];
    unitOfWork.gather({}, mine, apply);
    mine.push('b');
    await conclude();
    expect(applied).toEqual([{ items: ['a'], isMine: true }]);
  });
});
