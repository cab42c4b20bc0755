import { CreateMessagingTables1763800000000 } from './1763800000000-create-messaging-tables';
import { AddFailedMessageDesk1764000000000 } from './1764000000000-add-failed-message-desk';
import { AddOutboxRefusals1766000000000 } from './1766000000000-add-outbox-refusals';
import { BoundListsOfFailedMessages1766300000000 } from './1766300000000-bound-lists-of-failed-messages';
import { NumberEventsByOtherKeys1767400000000 } from './1767400000000-number-events-by-other-keys';

/** The migrations of the messaging core; every service has them among its own. */
export const MESSAGING_MIGRATIONS = [
  CreateMessagingTables1763800000000,
  AddFailedMessageDesk1764000000000,
  AddOutboxRefusals1766000000000,
  BoundListsOfFailedMessages1766300000000,
  NumberEventsByOtherKeys1767400000000,
];
