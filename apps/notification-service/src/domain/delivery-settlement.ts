import type { NotificationFailureReason, NotificationType } from '@app/events';
import { isSupersededByCancellation, type NotificationStatus } from './notification';

/**
 * How an attempt ended.
 * - `logged`: it was written to the log, and nobody has received anything.
 * - `rejected`: the provider refuses this message or recipient for good.
 * - `deferred`: the provider asks for another try of this message.
 * - `unreachable`: the provider certainly has not taken it, and did not deal with it; that says nothing about the message.
 * - `unknown`: the provider was given all of it, and its answer is lost: it may have taken it, or not.
 * - `unanswered`: as unknown, but the answer may still come within `withinMs`.
 * - `expired`: it was not even tried, because it is too old.
 * - `waiting`: it was not tried, because an earlier one of its order may not be through.
 */
export type DeliveryOutcome =
  | { readonly kind: 'sent' | 'logged' | 'waiting' }
  /** `retryAfterMs`: what the provider asked for; it is not tried again before. */
  | { readonly kind: 'deferred'; readonly error: string; readonly retryAfterMs?: number }
  | { readonly kind: 'unanswered'; readonly error: string; readonly withinMs: number }
  | { readonly kind: 'rejected' | 'unreachable' | 'unknown' | 'expired'; readonly error: string };

/** Times in milliseconds. */
export interface DeliveryPolicy {
  /** Attempts the provider answers with "later", or may have taken. Attempts that reach no provider are not counted. */
  readonly maxAttempts: number;
  /** The wait after the first "later" is at most this, after each further one five times longer. */
  readonly retryBaseMs: number;
  /** The same after an unknown outcome, of which each try may be a copy: never less than half of it. */
  readonly unknownRetryBaseMs: number;
  /** An older message is given up instead of being tried again. */
  readonly maxAgeMs: number;
}

export interface DeliveredNotification {
  readonly type: NotificationType;
  readonly attempts: number;
  readonly createdAt: Date;
}

/** What is recorded of an attempt, and what the world is told about it. */
export interface Settlement {
  readonly status: NotificationStatus;
  readonly attempts: number;
  /** When it is tried again; only while it is pending. */
  readonly dueAt: Date | undefined;
  /** `predecessor`: it waits for an earlier one of its order, whose end fetches it. `worker`: it is still on the wire. */
  readonly heldBy: 'predecessor' | 'worker' | undefined;
  readonly error: string | undefined;
  readonly announce: 'sent' | NotificationFailureReason | undefined;
}

/** How long one that waits for its predecessor is left alone, should nobody come and fetch it. */
export const WAIT_FOR_PREDECESSOR_MS = 60_000;

/** After the last moment of an answer: for recording it, before somebody else takes the message up. */
export const ANSWER_MARGIN_MS = 30_000;
const RETRY_FACTOR = 5;
const MAX_RETRY_MS = 3_600_000;
/** After an outage the backlog goes out at once, so the wait must stay short; the outage itself limits the tries. */
const MIN_OUTAGE_WAIT_MS = 2_000;
const MAX_OUTAGE_WAIT_MS = 30_000;

/** @param random 0 ≤ random < 1: full jitter. */
export function settle(
  notification: DeliveredNotification,
  outcome: DeliveryOutcome,
  context: {
    readonly orderCancelled: boolean;
    readonly now: Date;
    readonly policy: DeliveryPolicy;
    readonly random: number;
  },
): Settlement {
  const { attempts } = notification;
  switch (outcome.kind) {
    case 'sent':
      return ended('sent', attempts + 1, undefined, 'sent');
    case 'logged':
      return ended('logged', attempts + 1, undefined, undefined);
    case 'rejected':
      return ended('failed', attempts + 1, outcome.error, 'rejected');
    case 'expired':
      return ended('failed', attempts, outcome.error, 'exhausted');
    case 'deferred': {
      const waitMs = retryWait(attempts, context.policy.retryBaseMs);
      return counted(notification, outcome.error, context, waitMs, outcome.retryAfterMs);
    }
    case 'unknown': {
      const waitMs = retryWait(attempts, context.policy.unknownRetryBaseMs) / 2;
      return counted(notification, outcome.error, context, waitMs, waitMs);
    }
    case 'unanswered': {
      // Counted before it is known how it ends: should nobody live to see that, it is found here as one of unknown outcome.
      const dueAt = new Date(context.now.getTime() + outcome.withinMs + ANSWER_MARGIN_MS);
      const { error } = outcome;
      return { status: 'pending', attempts: attempts + 1, dueAt, heldBy: 'worker', error, announce: undefined };
    }
    case 'unreachable':
      return again(notification, attempts, outcome.error, context, outageWait(notification, context.now));
    case 'waiting': {
      const later = again(notification, attempts, undefined, { ...context, random: 1 }, WAIT_FOR_PREDECESSOR_MS);
      return later.status === 'pending' ? { ...later, heldBy: 'predecessor' } : later;
    }
    default:
      return outcome satisfies never;
  }
}

/** Whether all attempts are used: a worker that died while it waited for the last answer leaves such a message behind. */
export function isUsedUp(
  { attempts }: Pick<DeliveredNotification, 'attempts'>,
  { maxAttempts }: DeliveryPolicy,
): boolean {
  return attempts >= maxAttempts;
}

/** Whether a message is so old that it is given up. */
export function isExpired(createdAt: Date, now: Date, policy: DeliveryPolicy): boolean {
  return now.getTime() - createdAt.getTime() > policy.maxAgeMs;
}

/** An attempt that counts. */
function counted(
  notification: DeliveredNotification,
  error: string,
  context: Parameters<typeof settle>[2],
  waitMs: number,
  atLeastMs?: number,
): Settlement {
  const attempts = notification.attempts + 1;
  if (attempts >= context.policy.maxAttempts) return ended('failed', attempts, error, 'exhausted');
  return again(notification, attempts, error, context, waitMs, atLeastMs);
}

function again(
  { type, createdAt }: DeliveredNotification,
  attempts: number,
  error: string | undefined,
  { orderCancelled, now, policy, random }: Parameters<typeof settle>[2],
  waitMs: number,
  atLeastMs = 0,
): Settlement {
  if (orderCancelled && isSupersededByCancellation(type)) {
    return ended('superseded', attempts, error, undefined);
  }
  if (isExpired(createdAt, now, policy)) return ended('failed', attempts, error, 'exhausted');
  const dueAt = new Date(now.getTime() + atLeastMs + Math.ceil(random * waitMs));
  return { status: 'pending', attempts, dueAt, heldBy: undefined, error, announce: undefined };
}

function ended(
  status: Exclude<NotificationStatus, 'pending'>,
  attempts: number,
  error: string | undefined,
  announce: Settlement['announce'],
): Settlement {
  return { status, attempts, dueAt: undefined, heldBy: undefined, error, announce };
}

function retryWait(attemptsBefore: number, baseMs: number): number {
  return Math.min(MAX_RETRY_MS, baseMs * RETRY_FACTOR ** attemptsBefore);
}

/** Grows with the time the message has waited: exponential without counting tries that never reached anyone. */
function outageWait({ createdAt }: DeliveredNotification, now: Date): number {
  return Math.min(MAX_OUTAGE_WAIT_MS, Math.max(MIN_OUTAGE_WAIT_MS, now.getTime() - createdAt.getTime()));
}
