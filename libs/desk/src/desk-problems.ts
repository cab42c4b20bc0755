import type { ProblemCatalogue } from '@app/platform';

/** What the codes of the desk mean. */
export const DESK_PROBLEMS: ProblemCatalogue = {
  'FAILED_MESSAGE.NOT_FOUND': {
    title: 'There is no such message',
    status: 404,
    meaning: 'No failed message has this id. Finished ones are deleted some time after they were handled or discarded.',
    remedy: 'Find the message by GET /failed-messages.',
  },
  'FAILED_MESSAGE.QUARANTINED': {
    title: 'The message is quarantined',
    status: 409,
    meaning: 'The message was retried so often that it is quarantined.',
    remedy: 'Find out why it fails, then retry it with force, or discard it.',
  },
  'FAILED_MESSAGE.NOT_RETRYABLE': {
    title: 'The message cannot be retried now',
    status: 409,
    meaning:
      'The message is being retried, waits for an earlier message of its order, or was handled or discarded. detail says which.',
    remedy: 'Wait, decide on the message that it waits for, or leave it as it is.',
  },
  'FAILED_MESSAGE.NOT_DISCARDABLE': {
    title: 'The message cannot be discarded any more',
    status: 409,
    meaning: 'The message was already handled or discarded.',
    remedy: 'Nothing: it is finished.',
  },
  'FAILED_MESSAGE_JOB.NOT_FOUND': {
    title: 'There is no such job',
    status: 404,
    meaning: 'No job has this id.',
    remedy: 'Find the job by GET /failed-messages/jobs.',
  },
  'FAILED_MESSAGE_JOB.TOO_MANY': {
    title: 'Too many jobs are running',
    status: 409,
    meaning: 'As many jobs are running as can at a time. None was started.',
    remedy: 'Wait until one of them is done.',
  },
};
