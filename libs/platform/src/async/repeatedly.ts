import { type Chance, SYSTEM_CHANCE } from '../chance';
import type { Outage } from '../logging/outage';
import { around, sleep } from './sleep';

/** When periodic work is done, and until when. */
export interface Repetition {
  /** Milliseconds between two rounds, give or take a quarter. */
  readonly everyMs: number;
  /** Aborts when no other round is to begin. */
  readonly stopping: AbortSignal;
  /** Is told what a round rejected with, and of rounds that went well. The next one begins all the same. */
  readonly outage: Pick<Outage, 'failed' | 'ended'>;
  /** Waits between two rounds, `ms` milliseconds unless somebody cuts it short; until `stopping` aborts unless told. */
  readonly pause?: (ms: number) => Promise<void>;
  readonly chance?: Chance;
}

/** When a round wants the next one to begin, in milliseconds, give or take a quarter. */
export interface NextRound {
  readonly nextInMs: number;
}

/**
 * Does a round of work, waits, and does the next one; a round may say how long to wait. Resolves when `stopping` has aborted and the round in hand has ended. Never rejects.
 */
export async function repeatedly(
  round: () => Promise<NextRound | void>,
  { everyMs, stopping, outage, pause = (ms) => sleep(ms, stopping), chance = SYSTEM_CHANCE }: Repetition,
): Promise<void> {
  while (!stopping.aborted) {
    let interval = everyMs;
    try {
      const asked = await round();
      outage.ended();
      if (asked !== undefined) interval = asked.nextInMs;
    } catch (error) {
      outage.failed(error);
    }
    if (stopping.aborted) return;
    await pause(around(interval, chance));
  }
}
