import { setTimeout as delay } from 'node:timers/promises';

const WITHIN_MS = 600_000;
/** A look counts what is left, and all of it takes time from those who are emptying it: only begin and end have to be seen soon. */
const LOOK_EVERY_MS = { between: 1_000, atBothEnds: 200 };
const LAST_SHARE = 0.1;

/**
 * Waits, at most ten minutes, until nothing is left, and says how fast it went. The clock starts with the first fall: before it,
 * processes boot and join their groups, which takes the same time for a long backlog and a short one.
 */
export async function emptying(left: () => Promise<number>): Promise<{ readonly perSecond: number }> {
  const deadline = performance.now() + WITHIN_MS;
  let before = { at: performance.now(), left: await left() };
  const most = before.left;
  let first: typeof before | undefined;
  while (before.left > 0) {
    if (performance.now() > deadline) throw new Error(`${before.left} are still left after ten minutes`);
    const between = first !== undefined && before.left > LAST_SHARE * most;
    await delay(between ? LOOK_EVERY_MS.between : LOOK_EVERY_MS.atBothEnds);
    const now = { at: performance.now(), left: await left() };
    if (now.left < before.left) first ??= before;
    before = now;
  }
  return { perSecond: first === undefined ? 0 : first.left / ((before.at - first.at) / 1_000) };
}
