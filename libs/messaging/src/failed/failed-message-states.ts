import type { DecodingFailure } from '@app/cloudevents';

/** `x-reason` of a dead letter. */
export type DeadLetterReason = DecodingFailure | 'handler_failed';

export const DEAD_LETTER_REASONS = ['undecodable', 'unknown_type', 'invalid', 'handler_failed'] as const;

/**
 * - `retrying`: will be tried at `next_attempt_at`, by schedule or because the desk says so.
 * - `waiting`: has not failed; an earlier message of the same order stands before it, or somebody has locked a row it needs.
 * - `dead_lettered`: given up; stays for a person to retry or discard.
 * - `quarantined`: a dead letter that the desk has retried too often; bulk retries leave it alone.
 * - `resolved`, `discarded`: done with.
 */
export const FAILED_MESSAGE_STATUSES = [
  'retrying',
  'waiting',
  'dead_lettered',
  'quarantined',
  'resolved',
  'discarded',
] as const;
export type FailedMessageStatus = (typeof FAILED_MESSAGE_STATUSES)[number];

/** How an attempt came about: as the record was consumed, by the schedule of retries, or from the desk. */
export const ATTEMPT_KINDS = ['handling', 'retry', 'desk'] as const;
export type AttemptKind = (typeof ATTEMPT_KINDS)[number];
