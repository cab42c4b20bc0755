/** Offers a rate and says whether it was sustained. */
export type Sustains = (rate: number) => Promise<boolean>;

export interface SearchOptions {
  /** Where to begin: best close to the answer. */
  readonly from: number;
  /** The answer is less than this share below a rate that was not sustained, e.g. 0.05. */
  readonly resolution: number;
  /** A short try. */
  readonly probe: Sustains;
  /** The long one that counts. */
  readonly confirm: Sustains;
}

const STEP = 1.5;
const MOST_STEPS = 20;

/**
 * The highest rate that is sustained, in whole orders a second. Short tries bracket it (half as much again, or two thirds, until
 * the answer changes) and halve the bracket; then the long one has to confirm it, one resolution less each time it does not. A
 * short try that fails is made once more: a machine that others use has its moments.
 *
 * @throws Error when nothing is sustained, or everything is
 */
export async function highestSustained({ from, resolution, probe: once, confirm }: SearchOptions): Promise<number> {
  const probe: Sustains = async (rate) => (await once(rate)) || once(rate);
  let [low, high] = await bracket(from, probe);
  while (high / low > 1 + resolution && high - low > 1) {
    const middle = Math.round(Math.sqrt(low * high));
    if (middle === low || middle === high) break;
    if (await probe(middle)) low = middle;
    else high = middle;
  }
  for (let step = 0, rate = low; step < MOST_STEPS && rate >= 1; step += 1) {
    if (await confirm(rate)) return rate;
    rate = Math.min(rate - 1, Math.round(rate / (1 + resolution)));
  }
  throw new Error(`no rate from ${low}/s down was sustained for the whole time`);
}

/** A rate that was sustained, and a higher one that was not. */
async function bracket(from: number, probe: Sustains): Promise<[number, number]> {
  let rate = Math.max(1, Math.round(from));
  const begin = await probe(rate);
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const next = begin ? Math.ceil(rate * STEP) : Math.floor(rate / STEP);
    if (next < 1) break;
    const sustained = await probe(next);
    if (sustained !== begin) return begin ? [rate, next] : [next, rate];
    rate = next;
  }
  throw new Error(begin ? `even ${rate}/s are sustained` : `not even ${rate}/s are sustained`);
}
