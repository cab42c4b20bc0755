import type { Outage } from '@app/platform';
import type { LingerTimes } from '../messaging-options';
import type { WakeUps } from './wake-ups';

/** Rows in one batch. */
export const BATCH_SIZE = 1_000;
/** How long an event can stay unnoticed when its wake-up call was lost. */
export const POLL_INTERVAL_MS = 2_000;

/** What the publishing of a session has from its relay. */
export interface RelaySurroundings {
  readonly linger: LingerTimes;
  readonly wakeUps: WakeUps;
  readonly stopping: AbortSignal;
  /** Of publishing as a whole. */
  readonly outage: Outage;
  /** Makes a topic again that is not there. */
  readonly createTopic: (topic: string) => Promise<unknown>;
}
