import type { Scenario } from '../scenario.ts';
import type { Band, World } from '../world.ts';
import { finding, type Finding } from './invariant.ts';

/** A customer is refused no longer than this after the last fault. */
const ACCEPTING_AGAIN_SECONDS = 3;

/** How long after the end of each fault orders were still refused, in seconds: the longest of all. */
export function recoveryOf(world: World): { readonly seconds: number; readonly what: string } {
  const longest = world.bands
    .map((band) => ({ what: band.what, seconds: refusedAfter(world, band) }))
    .sort((a, b) => b.seconds - a.seconds)[0];
  return longest ?? { what: 'no fault', seconds: 0 };
}

/** I14: orders are accepted again soon, whatever the fault was. */
export function checkRecovery(world: World, { acceptingAgainSeconds = ACCEPTING_AGAIN_SECONDS }: Scenario): Finding[] {
  const { seconds, what } = recoveryOf(world);
  if (seconds <= acceptingAgainSeconds) return [];
  return finding('I14', `orders were refused for ${seconds} s after a fault, promised ${acceptingAgainSeconds} s`, [
    what,
  ]);
}

/**
 * Until the last answer of a refusal that was begun after the fault. What is answered while another fault lasts, or after the next one
 * has begun, is due to that one, also when it was begun before.
 */
function refusedAfter(world: World, band: Band): number {
  const { to } = band;
  const others = world.bands.filter((other) => other !== band && other.to > to);
  const isDueToAnother = (at: number): boolean => others.some((other) => at > other.from);
  const answers = world.load.journal
    .of('create')
    .filter(({ at, status, key }) => at > to && status !== 201 && !(status === 409 && key !== undefined))
    .map(({ at, ms }) => at + ms)
    .filter((answeredAt) => !isDueToAnother(answeredAt));
  return Math.round(Math.max(0, ...answers.map((answeredAt) => answeredAt - to)) / 100) / 10;
}
