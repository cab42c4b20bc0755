import type { AllocationAnswer, Answers, NotificationAnswer, OrderAnswer, PaymentAnswer } from './answers';
import { attentionOf, type BlockedMessage } from './attention';
import { stepText } from './step-text';

/** Something that happened to an order. */
export interface TimelineEntry {
  /** RFC 3339, UTC, by the clock of the service's database. */
  readonly at: string;
  /** Who did it: `customer`, `clock`, or a service. */
  readonly by: string;
  /** A sentence without a full stop. */
  readonly text: string;
  /** The event that caused it, if it was one. */
  readonly cause: string | null;
}

/** One order over all services. */
export interface Timeline {
  /** Null when nobody knows the order, or the order service did not answer. */
  readonly order: OrderAnswer | null;
  /** Oldest first. */
  readonly entries: readonly TimelineEntry[];
  readonly payment: PaymentAnswer | null;
  readonly allocation: AllocationAnswer | null;
  /** Oldest first. */
  readonly messages: readonly NotificationAnswer[];
  /** Messages of Kafka that could not be handled, and those that wait behind them. */
  readonly blocked: readonly BlockedMessage[];
  /** What is still on its way or needs somebody, most urgent first; empty for an order at rest. */
  readonly attention: readonly string[];
  readonly unanswered: readonly string[];
}

/** Puts the answers of the services together. */
export function timelineOf(answers: Answers): Timeline {
  const { order, payment, allocation, notifications, failed, unanswered } = answers;
  const blocked = Object.entries(failed).flatMap(([service, messages]) =>
    messages.map((message) => ({ service, ...message })),
  );
  const entries = [
    ...answers.trail.map((event) => trailEntry(event, order?.currency)),
    ...notifications.flatMap(sentEntry),
    ...blocked.map(blockedEntry),
  ];
  return {
    order,
    entries: entries.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)),
    payment,
    allocation,
    messages: notifications.toSorted((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at)),
    blocked,
    attention: attentionOf(answers, blocked),
    unanswered,
  };
}

function trailEntry(event: Answers['trail'][number], currency: string | undefined): TimelineEntry {
  return { at: event.time, by: event.actor, text: stepText(event, currency), cause: event.cause };
}

function sentEntry({ sent_at, channel, subject, resend_number }: NotificationAnswer): TimelineEntry[] {
  if (sent_at === null) return [];
  const again = resend_number > 0 ? ` again (${resend_number})` : '';
  const text = `${channel === 'sms' ? 'SMS' : 'E-mail'} sent${again}: ${subject}`;
  return [{ at: sent_at, by: 'notification-service', text, cause: null }];
}

function blockedEntry({
  service,
  status,
  topic,
  error_message,
  first_failure_at,
  created_at,
  event_id,
}: BlockedMessage) {
  const why = error_message === null ? '' : `: ${error_message}`;
  const text = status === 'waiting' ? `${topic} waits behind a failed message` : `${topic} could not be handled${why}`;
  return { at: first_failure_at ?? created_at, by: service, text, cause: event_id };
}
