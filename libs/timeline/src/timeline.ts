import type {
  AllocationAnswer,
  Answers,
  NotificationAnswer,
  OrderAnswer,
  OrderRecord,
  PaymentAnswer,
  Unanswered,
} from './answers';
import { attentionOf, blockedOf, type BlockedMessage } from './attention';
import { entriesOf, type TimelineEntry } from './entries';

/** One order over all services; JSON as it is. Times are RFC 3339, UTC; amounts are decimals in the currency of the order. */
export interface Timeline {
  /** Null when nobody knows the order, or the order service did not answer. */
  readonly order: OrderAnswer | null;
  /** Oldest first. */
  readonly entries: readonly TimelineEntry[];
  /** With the call that is still to succeed, its attempts and when the next one is due. */
  readonly payment: PaymentAnswer | null;
  readonly allocation: AllocationAnswer | null;
  /** Oldest first. */
  readonly messages: readonly NotificationAnswer[];
  /** Messages of Kafka that could not be handled, and those that wait behind them. */
  readonly blocked: readonly BlockedMessage[];
  /** What is still on its way or needs somebody, most urgent first; empty for an order at rest. */
  readonly attention: readonly string[];
  /** The trace in which it was placed, else that of its first event that has one; null when neither is known. */
  readonly trace_id: string | null;
  readonly unanswered: readonly Unanswered[];
}

/** Puts the answers of the services together. Pure. @param records its events in Kafka, if they were read; they add what only events tell */
export function timelineOf(answers: Answers, records: readonly OrderRecord[] = []): Timeline {
  const { order, traceId, payment, allocation, notifications, failed, unanswered } = answers;
  const blocked = blockedOf(failed);
  return {
    order,
    entries: entriesOf(answers, blocked, records),
    payment,
    allocation,
    messages: notifications.toSorted((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at)),
    blocked,
    attention: attentionOf(answers, blocked),
    trace_id: traceId ?? records.find(({ trace_id }) => trace_id !== null)?.trace_id ?? null,
    unanswered,
  };
}
