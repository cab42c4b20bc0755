export { EventPattern } from './consumer/event-pattern.decorator';
export { Inbox } from './consumer/inbox';
export type { CallDescription } from './due-work/call-span';
export type { DueItem, DueWork, DueWorkerLimits } from './due-work/due-work';
export { DueWorker } from './due-work/due-worker';
export { DueWorkers } from './due-work/due-workers';
export {
  type DeskActionKind,
  FailedMessageActionEntity,
  FailedMessageAttemptEntity,
} from './failed/failed-message-history.entity';
export { FailedMessageJobEntity } from './failed/failed-message-job.entity';
export {
  ATTEMPT_KINDS,
  type AttemptKind,
  DEAD_LETTER_REASONS,
  type DeadLetterReason,
  FAILED_MESSAGE_STATUSES,
  type FailedMessageStatus,
} from './failed/failed-message-states';
export { FailedMessageEntity } from './failed/failed-message.entity';
export { GroupCommit, type GroupCommitLimits, Overloaded, type Settled } from './linger/group-commit';
export { MESSAGING_ENTITIES } from './messaging-entities';
export { MessagingOptions, messagingOptionsOf, BACKGROUND_LINGER } from './messaging-options';
export { DueMetrics } from './due-work/due-metrics';
export { type DueBacklog, failedMessageCounts, type FailedMessageCounts } from './metrics/waiting-rows';
export { connectEventConsumers, MessagingModule } from './messaging.module';
export { MESSAGING_MIGRATIONS } from './migrations';
export { headersFromBase64, type StoredHeaders } from './unit-of-work/stored-headers';
export { SharedTransactions, type SharedWork } from './together/shared-transactions';
export { AroundLocks } from './unit-of-work/around-locks';
export { type StepNote, StepObserver } from './unit-of-work/step-observer';
export { lockedAmong, RowsLocked } from './unit-of-work/locked-rows';
export { MESSAGING_PROBLEMS } from './unit-of-work/problems';
export { Transactions } from './unit-of-work/transactions';
export { Turns } from './unit-of-work/turns';
export { UnitOfWork } from './unit-of-work/unit-of-work';
