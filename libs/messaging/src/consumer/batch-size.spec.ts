import { BatchSize } from './batch-size';

/** Sizes of batches in turn, of a backlog whose records take so long each. */
function sizesAt(msPerRecord: number, batches: number, size = new BatchSize(1_000)): number[] {
  return Array.from({ length: batches }, () => {
    const records = size.current;
    size.took(records, records * msPerRecord);
    return records;
  });
}

describe('the size of a batch', () => {
  it('grows to its maximum while handling is fast', () => {
    expect(sizesAt(0.1, 9)).toEqual([10, 20, 40, 80, 160, 320, 640, 1_000, 1_000]);
  });

  it('comes down at once to what is handled in two seconds, and stays there', () => {
    expect(sizesAt(500, 4)).toEqual([10, 4, 4, 4]);
  });

  it('never falls below one record, however slow that is', () => {
    expect(sizesAt(60_000, 3)).toEqual([10, 1, 1]);
  });

  it('grows again when handling is fast again', () => {
    const size = new BatchSize(1_000);
    sizesAt(1_000, 3, size);
    expect(sizesAt(0.1, 12, size).at(-1)).toBe(1_000);
  });

  it('does not grow on batches that were not full: they say nothing about larger ones', () => {
    const size = new BatchSize(1_000);
    size.took(3, 1);
    expect(size.current).toBe(10);
  });

  it('is never more than its maximum, also in the beginning', () => {
    expect(sizesAt(0.1, 3, new BatchSize(5))).toEqual([5, 5, 5]);
  });
});

describe('a batch that failed', () => {
  it('is half as large the next time, down to a single record, and grows again when all is well', () => {
    const size = new BatchSize(1_000);
    const tried = Array.from({ length: 8 }, () => {
      size.failed(size.current);
      return size.current;
    });
    expect(tried).toEqual([5, 2, 1, 1, 1, 1, 1, 1]);
    for (let batch = 0; batch < 4; batch += 1) size.took(size.current, 10);
    expect(size.current).toBe(16);
  });

  it('counts by what was in it', () => {
    const size = new BatchSize(1_000);
    size.failed(9);
    expect(size.current).toBe(4);
  });
});
