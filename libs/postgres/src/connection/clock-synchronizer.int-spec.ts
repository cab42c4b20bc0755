import { jest } from '@jest/globals';
import { SharedClock } from '@app/platform';
import { infrastructureUrls } from '@app/testing';
import { DataSource } from 'typeorm';
import { ClockSynchronizer } from './clock-synchronizer';

const AHEAD_MS = 20 * 60_000;

describe('a machine whose clock is wrong', () => {
  const dataSource = new DataSource({ type: 'postgres', url: infrastructureUrls().adminUrl });
  const realNow = Date.now;
  let synchronizer: ClockSynchronizer | undefined;

  const databaseTime = async () => {
    const [row] = await dataSource.query<[{ at: Date }]>('SELECT clock_timestamp() AS at');
    return row.at.getTime();
  };

  beforeAll(() => dataSource.initialize());
  afterEach(() => {
    synchronizer?.onApplicationShutdown();
    jest.restoreAllMocks();
  });
  afterAll(() => dataSource.destroy());

  it.each([
    ['ahead', AHEAD_MS],
    ['behind', -AHEAD_MS],
  ])('goes by the time of PostgreSQL: %s', async (_direction, skew) => {
    jest.spyOn(Date, 'now').mockImplementation(() => realNow() + skew);
    const clock = new SharedClock();
    expect(Math.abs(clock.now().getTime() - (await databaseTime()))).toBeGreaterThan(AHEAD_MS - 1_000);
    synchronizer = new ClockSynchronizer(dataSource, clock);
    await synchronizer.onModuleInit();
    const before = clock.now().getTime();
    const database = await databaseTime();
    expect(database).toBeGreaterThan(before - 250);
    expect(database).toBeLessThan(clock.now().getTime() + 250);
  });

  it('is used as it is while no database can be asked', async () => {
    const clock = new SharedClock();
    const nowhere = new DataSource({ type: 'postgres', url: 'postgres://nobody@127.0.0.1:1/none' });
    synchronizer = new ClockSynchronizer(nowhere, clock);
    await synchronizer.onModuleInit();
    expect(Math.abs(clock.now().getTime() - realNow())).toBeLessThan(1_000);
  });
});
