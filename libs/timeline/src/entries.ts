import type { Answers, NotificationAnswer, OrderEventAnswer, OrderRecord } from './answers';
import type { BlockedMessage } from './attention';
import { stepText } from './step-text';

/** Something that happened to an order. */
export interface TimelineEntry {
  /** RFC 3339, UTC, by the clock of the service's database. */
  readonly at: string;
  /** Who did it: `customer`, `clock`, or a service. */
  readonly by: string;
  /** What it was, for programs: a step of the audit trail, the type of an event, `message_sent` or `message_blocked`. */
  readonly what: string;
  /** A sentence without a full stop. */
  readonly text: string;
  /** The event that announced it; known only with the records of the order. */
  readonly event_id: string | null;
  /** The event that caused it, if it was one. */
  readonly cause: string | null;
  /** What else is known of it: `details` of the audit trail, or the payload of the event. */
  readonly details: Readonly<Record<string, unknown>> | null;
}

/** Everything that happened, oldest first. Records add what no service has answered: each event is told once. */
export function entriesOf(
  answers: Answers,
  blocked: readonly BlockedMessage[],
  records: readonly OrderRecord[],
): TimelineEntry[] {
  const entries = [
    ...answers.trail.map((step) => trailEntry(step, records, answers.order?.currency)),
    ...answers.notifications.flatMap((message) => sentEntry(message, records)),
    ...blocked.map(blockedEntry),
  ];
  const told = new Set(entries.flatMap(({ event_id, cause }) => [event_id, cause]));
  // A record may be in Kafka twice.
  const events = new Map(records.map((record) => [record.event_id, record]));
  const others = [...events.values()].filter(({ event_id }) => !told.has(event_id)).map(recordEntry);
  return [...entries, ...others].toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function trailEntry(step: OrderEventAnswer, records: readonly OrderRecord[], currency?: string): TimelineEntry {
  const { time: at, actor: by, event: what, cause, details } = step;
  const announced = records.find(({ type }) => type === what && type === 'order_created');
  return { at, by, what, text: stepText(step, currency), event_id: announced?.event_id ?? null, cause, details };
}

function sentEntry(message: NotificationAnswer, records: readonly OrderRecord[]): TimelineEntry[] {
  const { notification_id, notification_type, sent_at, channel, subject, resend_number } = message;
  if (sent_at === null) return [];
  const announced = records.find(
    ({ type, payload }) => type === 'notification_sent' && payload['notification_id'] === notification_id,
  );
  const again = resend_number > 0 ? ` again (${resend_number})` : '';
  return [
    {
      at: sent_at,
      by: 'notification-service',
      what: 'message_sent',
      text: `${channel === 'sms' ? 'SMS' : 'E-mail'} sent${again}: ${subject}`,
      event_id: announced?.event_id ?? null,
      cause: announced?.cause ?? null,
      details: { notification_id, notification_type, channel },
    },
  ];
}

function blockedEntry(message: BlockedMessage): TimelineEntry {
  const { service, status, topic, error_message, first_failure_at, created_at, event_id } = message;
  const why = error_message === null ? '' : `: ${error_message}`;
  return {
    at: first_failure_at ?? created_at,
    by: service,
    what: 'message_blocked',
    text: status === 'waiting' ? `${topic} waits behind a failed message` : `${topic} could not be handled${why}`,
    event_id: null,
    cause: event_id,
    details: { failed_message_id: message.failed_message_id, status, topic },
  };
}

function recordEntry({ at, service, type, text, event_id, cause, payload }: OrderRecord): TimelineEntry {
  return { at, by: service, what: type, text, event_id, cause, details: payload };
}
