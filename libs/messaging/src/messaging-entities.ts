import { InboxEntity } from './consumer/inbox.entity';
import { FailedMessageActionEntity, FailedMessageAttemptEntity } from './failed/failed-message-history.entity';
import { FailedMessageJobEntity, FailedMessageJobItemEntity } from './failed/failed-message-job.entity';
import { FailedMessageEntity } from './failed/failed-message.entity';
import { EventSequenceEntity, KeySequenceEntity, OutboxEntity } from './unit-of-work/outbox.entity';

/** The tables of the messaging core, which `MESSAGING_MIGRATIONS` make; every service has them among its own. */
export const MESSAGING_ENTITIES = [
  OutboxEntity,
  EventSequenceEntity,
  KeySequenceEntity,
  InboxEntity,
  FailedMessageEntity,
  FailedMessageAttemptEntity,
  FailedMessageActionEntity,
  FailedMessageJobEntity,
  FailedMessageJobItemEntity,
];
