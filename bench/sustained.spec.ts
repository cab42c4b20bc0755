import { Random } from '../test/system/random';
import { growth, reasonsNotSustained, type BacklogSample, type ObservedLoad } from './sustained';

const RATE = 500;

/** One sample a second over a minute. */
function series(orders: (at: number) => number, notifications: (at: number) => number = () => 20): BacklogSample[] {
  return Array.from({ length: 60 }, (_, second) => ({
    at: second,
    orders: orders(second),
    notifications: notifications(second),
  }));
}

function load(backlog: readonly BacklogSample[], rest: Partial<ObservedLoad> = {}): ObservedLoad {
  return { rate: RATE, seconds: 60, refused: 0, confirmedPerSecond: RATE, backlog, ...rest };
}

/** Plus or minus `size`, the same in each run. */
function noise(size: number): () => number {
  const random = new Random(7);
  return () => (random.next() - 0.5) * 2 * size;
}

describe('a load with a backlog that stays as it is', () => {
  it('is sustained, however long the backlog is', () => {
    expect(reasonsNotSustained(load(series(() => 2_000)))).toEqual([]);
  });

  it('is sustained with backlogs that swing', () => {
    const swing = noise(150);
    expect(reasonsNotSustained(load(series(() => 200 + swing())))).toEqual([]);
  });

  it('is sustained when it has become a little longer, by less than half a second of load', () => {
    expect(reasonsNotSustained(load(series((at) => 200 + at * 8)))).toEqual([]);
    expect(reasonsNotSustained(load(series((at) => 200 + at * 9)))).toHaveLength(1);
  });

  it('is sustained when the backlog was built up in the first half and shrinks', () => {
    expect(reasonsNotSustained(load(series((at) => (at < 30 ? at * 20 : 600 - at))))).toEqual([]);
  });
});

describe('a load that is too much', () => {
  it('shows in open orders that grow, also beneath scatter', () => {
    const swing = noise(60);
    expect(reasonsNotSustained(load(series((at) => 200 + at * 12 + swing())))).toEqual([
      expect.stringMatching(/^open orders grew by 1[0-9.]+\/s$/),
    ]);
  });

  it('shows in notifications that fall behind while orders are confirmed in time', () => {
    const behind = series(
      () => 100,
      (at) => at * 40,
    );
    expect(reasonsNotSustained(load(behind))).toEqual(['notifications to go grew by 40.0/s']);
  });

  it('shows in fewer confirmed than 97 of a hundred', () => {
    expect(
      reasonsNotSustained(
        load(
          series(() => 100),
          { confirmedPerSecond: 484 },
        ),
      ),
    ).toEqual(['484.0/s were confirmed']);
    expect(
      reasonsNotSustained(
        load(
          series(() => 100),
          { confirmedPerSecond: 486 },
        ),
      ),
    ).toEqual([]);
  });

  it('shows in orders that are refused', () => {
    expect(
      reasonsNotSustained(
        load(
          series(() => 100),
          { refused: 1 },
        ),
      ),
    ).toHaveLength(1);
  });
});

describe('growth', () => {
  it('is the slope of a line, without error when all points are on it', () => {
    expect(growth([0, 1, 2, 3].map((at) => [at, 10 + 2 * at]))).toEqual({ perSecond: 2, error: 0 });
  });

  it('is not claimed of two points', () => {
    expect(growth([[0, 0], [1, 100]])).toEqual({ perSecond: 0, error: 0 }); // prettier-ignore
  });
});
