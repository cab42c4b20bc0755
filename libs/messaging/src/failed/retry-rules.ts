import type { ConsumedRecord } from '../record/consumed-record';
import type { FailedMessage } from './failed-message';

/** Says on a dead letter how often the desk has retried it. */
export const RETRIES_HEADER = 'x-retries';

/** What bounds the retries of a message. */
export interface RetryLimits {
  readonly immediateRetries: number;
  readonly retryDelaysMs: readonly number[];
  readonly deskRetryLimit: number;
}

/** What becomes of a message that has failed once more. */
export type AfterFailure =
  | { readonly status: 'retrying'; readonly attempts: number; readonly deskRetries: number; readonly delayMs: number }
  | { readonly status: 'dead_lettered' | 'quarantined'; readonly attempts: number; readonly deskRetries: number };

/**
 * The desk asks for one try, whose failure gives the message up again and counts. Otherwise the schedule decides, unless
 * trying again is useless. `delayMs` is before jitter.
 */
export function afterFailure(
  message: Pick<FailedMessage, 'attempts' | 'deskRetries' | 'fromDesk'>,
  permanent: boolean,
  limits: RetryLimits,
): AfterFailure {
  const attempts = message.attempts + 1;
  const deskRetries = message.deskRetries + (message.fromDesk ? 1 : 0);
  // The first 1 + immediateRetries attempts happened before the message was put aside, after which came delay 0.
  const delayMs = limits.retryDelaysMs[Math.max(0, attempts - 1 - limits.immediateRetries)];
  if (!message.fromDesk && !permanent && delayMs !== undefined) {
    return { status: 'retrying', attempts, deskRetries, delayMs };
  }
  return { status: statusWhenGivenUp(deskRetries, limits.deskRetryLimit), attempts, deskRetries };
}

/** A message that comes back again and again must not be sent round by every bulk retry. */
export function statusWhenGivenUp(deskRetries: number, limit: number): 'dead_lettered' | 'quarantined' {
  return deskRetries >= limit ? 'quarantined' : 'dead_lettered';
}

/** A dead letter that somebody has copied back into its topic keeps its count, so that it cannot go in circles unseen. */
export function deskRetriesOf(record: Pick<ConsumedRecord, 'headers'>): number {
  const header = record.headers[RETRIES_HEADER];
  if (header === undefined || header === null || Array.isArray(header)) return 0;
  const text = header.toString();
  return /^\d{1,6}$/.test(text) ? Number(text) : 0;
}
