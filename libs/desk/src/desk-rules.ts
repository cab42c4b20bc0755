import type { FailedMessageStatus } from '@app/messaging';
import { DomainError } from '@app/platform';

export type DeskJobKind = 'retry' | 'discard';

/** What a person may discard, having looked at it. */
export const DISCARDABLE: readonly FailedMessageStatus[] = ['retrying', 'waiting', 'dead_lettered', 'quarantined'];

/** What a retry may release. */
export function retryable(force: boolean): readonly FailedMessageStatus[] {
  return force ? ['dead_lettered', 'quarantined'] : ['dead_lettered'];
}

/**
 * What a job takes of the messages that match its filter. Messages that are retrying or waiting are
 * discarded only when the filter names that status.
 */
export function takenByJob(kind: DeskJobKind, named: FailedMessageStatus | undefined): readonly FailedMessageStatus[] {
  if (kind === 'retry') return retryable(false);
  return named === 'retrying' || named === 'waiting' ? [named] : ['dead_lettered', 'quarantined'];
}

export function notFound(id: string): DomainError {
  return new DomainError({
    code: 'FAILED_MESSAGE.NOT_FOUND',
    kind: 'not_found',
    message: 'No failed message has this id.',
    details: { id },
  });
}

export function jobNotFound(id: string): DomainError {
  return new DomainError({
    code: 'FAILED_MESSAGE_JOB.NOT_FOUND',
    kind: 'not_found',
    message: 'No job has this id.',
    details: { id },
  });
}

export function tooManyJobs(most: number): DomainError {
  return new DomainError({
    code: 'FAILED_MESSAGE_JOB.TOO_MANY',
    kind: 'conflict',
    message: `${most} jobs are already running, which is the maximum; wait until one of them is done.`,
  });
}

/** Why a message in this state is not retried. */
export function retryRefusal(status: FailedMessageStatus): DomainError {
  if (status === 'quarantined') {
    return new DomainError({
      code: 'FAILED_MESSAGE.QUARANTINED',
      kind: 'conflict',
      message: 'The message was retried too often and is quarantined; find out why it fails, then retry it with force.',
    });
  }
  const why: Readonly<Record<Exclude<FailedMessageStatus, 'quarantined'>, string>> = {
    retrying: 'it is already being retried',
    waiting: 'it waits for an earlier message of its order; retry or discard that one',
    dead_lettered: 'it is being processed by another operator',
    resolved: 'it has already been handled',
    discarded: 'it was discarded',
  };
  return new DomainError({
    code: 'FAILED_MESSAGE.NOT_RETRYABLE',
    kind: 'conflict',
    message: `The message cannot be retried: ${why[status]}.`,
  });
}

/** Why a message in this state is not discarded. */
export function discardRefusal(status: FailedMessageStatus): DomainError {
  return new DomainError({
    code: 'FAILED_MESSAGE.NOT_DISCARDABLE',
    kind: 'conflict',
    message: `The message cannot be discarded: it is already ${status}.`,
  });
}
