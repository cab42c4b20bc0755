import { BatchLimit, MAX_BATCH_BYTES } from './batch-limit';

/** Sends as long as there is something to send; gives the sizes that were refused, in the order of the tries. */
function refusedOf(limit: BatchLimit, takes: number, tries: number): number[] {
  const refused: number[] = [];
  for (let n = 0; n < tries; n += 1) {
    const { bytes } = limit;
    if (bytes <= takes) limit.accept(true);
    else {
      refused.push(bytes);
      limit.refuse(bytes);
    }
  }
  return refused;
}

describe('how much of a topic is sent at once', () => {
  it('is halved until it is taken, and hardly ever more than that is tried again', () => {
    const limit = new BatchLimit();
    expect(refusedOf(limit, 60_000, 10)).toEqual([800_000, 400_000, 200_000, 100_000]);
    expect(limit.bytes).toBe(50_000);
    expect(refusedOf(limit, 60_000, 1_000).length).toBeLessThan(30);
    expect(limit.bytes).toBeGreaterThan(30_000);
  });

  it('becomes all of it again when the topic takes it', () => {
    const limit = new BatchLimit();
    refusedOf(limit, 20_000, 50);
    expect(limit.isFull).toBe(false);
    refusedOf(limit, Infinity, 2_000);
    expect(limit.bytes).toBe(MAX_BATCH_BYTES);
    expect(limit.isFull).toBe(true);
  });

  it('does not grow by batches that had room left', () => {
    const limit = new BatchLimit();
    limit.refuse(MAX_BATCH_BYTES);
    for (let n = 0; n < 1_000; n += 1) limit.accept(false);
    expect(limit.bytes).toBe(400_000);
  });

  it('is what it was when one record was the reason', () => {
    const limit = new BatchLimit();
    for (let bytes = MAX_BATCH_BYTES; bytes > 700; bytes /= 2) limit.refuse(bytes);
    expect(limit.bytes).toBeLessThan(700);
    limit.blameRecord();
    expect(limit.isFull).toBe(true);
  });

  it('is never nothing', () => {
    const limit = new BatchLimit();
    for (let n = 0; n < 40; n += 1) limit.refuse(limit.bytes);
    expect(limit.bytes).toBe(1);
  });
});
