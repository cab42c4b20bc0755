import { DecideFailedMessage } from './decide-failed-message';
import { DeskRepository } from './desk.repository';
import { FailedMessageDetailsReader } from './failed-message-details.reader';
import { FailedMessageReader } from './failed-message.reader';
import { FailedMessagesController } from './failed-messages.controller';
import { FailedMessagesHealthIndicator } from './failed-messages.health-indicator';
import { ReadFailedMessages } from './read-failed-messages';

/** What the messaging module has because of the desk. */
export const DESK_PROVIDERS = [
  DecideFailedMessage,
  DeskRepository,
  FailedMessageDetailsReader,
  FailedMessageReader,
  FailedMessagesHealthIndicator,
  ReadFailedMessages,
];

export const DESK_CONTROLLERS = [FailedMessagesController];
