import { jest } from '@jest/globals';
import { SharedClock } from './clock';

/** 2030-01-01, at the moment 1,000 of the monotonic clock. */
const TIME = 1_893_456_000_000;

describe('the clock that replicas share', () => {
  let monotonic: number;
  let system: number;
  let clock: SharedClock;
  const shown = () => clock.now().getTime();
  const read = (time: number, roundTrip = 0) =>
    clock.follow({ time, askedAt: monotonic - roundTrip, answeredAt: monotonic });

  beforeEach(() => {
    monotonic = 1_000;
    system = 5_000;
    jest.spyOn(performance, 'now').mockImplementation(() => monotonic);
    jest.spyOn(Date, 'now').mockImplementation(() => system);
    clock = new SharedClock();
  });
  afterEach(() => jest.restoreAllMocks());

  it("shows the machine's time until it knows better", () => {
    expect(shown()).toBe(5_000);
    system = 6_000;
    expect(shown()).toBe(6_000);
  });

  it('takes the middle of the first round trip', () => {
    expect(read(TIME, 40)).toBe(TIME + 20 - 5_000);
    expect(shown()).toBe(TIME + 20);
  });

  it('goes on by the monotonic clock, whatever becomes of the time of the machine', () => {
    read(TIME);
    monotonic += 1_500;
    system -= 20 * 60_000;
    expect(shown()).toBe(TIME + 1_500);
  });

  it('is not moved by a slow answer that it agrees with', () => {
    read(TIME);
    monotonic += 4_000;
    expect(read(TIME + 500, 4_000)).toBe(0);
    expect(shown()).toBe(TIME + 4_000);
  });

  it.each([
    ['on', TIME + 60_000, 59_000],
    ['back', TIME - 60_000, -60_900],
  ])('is moved %s just as far as a reading proves it wrong', (_direction, time, moved) => {
    read(TIME);
    monotonic += 1_000;
    expect(read(time, 100)).toBe(moved);
    expect(shown()).toBe(TIME + 1_000 + moved);
  });
});
