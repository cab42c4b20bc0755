import { jest } from '@jest/globals';
import { LineLimit } from './line-limit';

let lines: string[];
let limit: LineLimit;

beforeEach(() => {
  jest.useFakeTimers();
  lines = [];
  limit = new LineLimit();
});
afterEach(() => void jest.useRealTimers());

const write = (kind: string, times = 1): void => {
  for (let time = 0; time < times; time += 1)
    limit.write(
      kind,
      () => lines.push(kind),
      (count) => lines.push(`${kind}: ${count} more`),
    );
};

describe('lines of one kind', () => {
  it('are written once in a second, and then how many more there were', () => {
    write('UNAVAILABLE', 2_000);
    expect(lines).toEqual(['UNAVAILABLE']);
    jest.advanceTimersByTime(1_000);
    expect(lines).toEqual(['UNAVAILABLE', 'UNAVAILABLE: 1999 more']);
  });

  it('are written each, when they come seldom', () => {
    write('UNAVAILABLE');
    jest.advanceTimersByTime(1_000);
    write('UNAVAILABLE');
    jest.advanceTimersByTime(1_000);
    expect(lines).toEqual(['UNAVAILABLE', 'UNAVAILABLE']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('do not hide those of another kind', () => {
    write('UNAVAILABLE', 3);
    write('TOO_MANY', 2);
    jest.advanceTimersByTime(1_000);
    expect(lines).toEqual(['UNAVAILABLE', 'TOO_MANY', 'UNAVAILABLE: 2 more', 'TOO_MANY: 1 more']);
  });
});
