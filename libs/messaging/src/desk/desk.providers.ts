import { DecideFailedMessage } from './decide-failed-message';
import { DeskJobRepository } from './desk-job.repository';
import { DeskJobsController } from './desk-jobs.controller';
import { DeskWorker } from './desk-worker';
import { DeskRepository } from './desk.repository';
import { FailedMessageDetailsReader } from './failed-message-details.reader';
import { FailedMessageReader } from './failed-message.reader';
import { FailedMessagesController } from './failed-messages.controller';
import { FailedMessagesHealthIndicator } from './failed-messages.health-indicator';
import { ReadFailedMessages } from './read-failed-messages';
import { StartDeskJob } from './start-desk-job';

/** What the messaging module has because of the desk. */
export const DESK_PROVIDERS = [
  DecideFailedMessage,
  DeskJobRepository,
  DeskRepository,
  DeskWorker,
  FailedMessageDetailsReader,
  FailedMessageReader,
  FailedMessagesHealthIndicator,
  ReadFailedMessages,
  StartDeskJob,
];

export const DESK_CONTROLLERS = [DeskJobsController, FailedMessagesController];
