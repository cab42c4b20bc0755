import type { Answers, FailedMessageAnswer, NotificationAnswer, OrderAnswer } from './answers';

/** A message of the order that its service could not handle, or that waits behind one. */
export interface BlockedMessage extends FailedMessageAnswer {
  readonly service: string;
  /** The message it waits behind, by `failed_message_id`; null if it waits behind none. */
  readonly waits_behind: string | null;
}

/** The failed messages of all services, each with what it waits behind: of an order only one blocks a service at a time. */
export function blockedOf(failed: Answers['failed']): BlockedMessage[] {
  return Object.entries(failed).flatMap(([service, messages]) => {
    const first = messages.find(({ status, waiting_behind }) => status !== 'waiting' && waiting_behind > 0);
    return messages.map((message) => {
      const waits_behind = message.status === 'waiting' ? (first?.failed_message_id ?? null) : null;
      return { service, ...message, waits_behind };
    });
  });
}

/** A payment comes to rest in these. */
const SETTLED_PAYMENTS = new Set(['captured', 'failed', 'voided', 'refunded', 'cancelled']);
/** Once the order is cancelled nobody wants to hear these, and they are not sent again. */
const GOOD_NEWS = new Set(['order_received', 'order_paid', 'order_confirmed']);
/** In these nothing is left with us of a cancelled order. */
const REPAID_PAYMENTS = new Set(['failed', 'voided', 'refunded', 'cancelled']);

/** What is still on its way or needs somebody, with what to do about it; most urgent first. */
export function attentionOf(answers: Answers, blocked: readonly BlockedMessage[]): string[] {
  return [
    ...blocked.flatMap(ofBlocked),
    ...ofPayment(answers),
    ...ofStock(answers),
    ...ofMessages(answers),
    ...ofTelling(answers, blocked),
    ...ofOrder(answers),
    ...answers.truncated.map(
      ({ service, what, shown }) => `${service} has more ${what} of this order than these ${shown}`,
    ),
  ];
}

function ofBlocked({
  service,
  status,
  topic,
  failed_message_id: id,
  waiting_behind,
  next_attempt_at,
  attempts,
}: BlockedMessage) {
  const behind =
    waiting_behind === 0 ? '' : `, and ${waiting_behind} more ${waiting_behind === 1 ? 'waits' : 'wait'} behind it`;
  switch (status) {
    case 'waiting':
      return [];
    case 'retrying':
      return [
        `${service} retries ${topic} at ${next_attempt_at ?? 'any time'}, after ${attemptsText(attempts)}${behind}`,
      ];
    default:
      return [
        `${service} has given up ${topic} (${status})${behind}: ./ops failed show ${id}, then ./ops failed retry ${id}`,
      ];
  }
}

function ofPayment({ payment, order }: Answers): string[] {
  if (payment === null) return [];
  if (payment.pending === null && SETTLED_PAYMENTS.has(payment.status)) {
    const isRight = order?.status === 'cancelled' ? REPAID_PAYMENTS.has(payment.status) : payment.status === 'captured';
    return isRight || !isAtRest(order) ? [] : [`the order is ${order.status}, but its payment is ${payment.status}`];
  }
  if (payment.pending === null)
    return payment.status === 'authorized'
      ? ['the payment is held, and not captured yet']
      : [`the payment is ${payment.status}`];
  const { operation, attempts, outcome_unknown, next_attempt_at } = payment.pending;
  const outcome = outcome_unknown ? ', of which the outcome is unknown' : '';
  return [`the gateway is asked to ${operation} at ${next_attempt_at}, after ${attemptsText(attempts)}${outcome}`];
}

function ofStock({ allocation, order }: Answers): string[] {
  if (allocation === null || !isAtRest(order)) return [];
  const isRight = (allocation.status === 'taken') === (order.status === 'confirmed');
  return isRight ? [] : [`the order is ${order.status}, but its stock is ${allocation.status}`];
}

function ofMessages({ notifications, order }: Answers): string[] {
  const isWanted = ({ notification_type }: NotificationAnswer): boolean =>
    order?.status !== 'cancelled' || !GOOD_NEWS.has(notification_type);
  return notifications
    .filter((message) => isWanted(message) && !isRepeated(message, notifications))
    .flatMap(({ status, channel, notification_type, next_attempt_at, last_error, notification_id }) => {
      const what = `${channel === 'sms' ? 'SMS' : 'e-mail'} ${notification_type}`;
      const why = last_error === null ? '' : `: ${last_error}`;
      if (status === 'pending' && last_error === null) return [`${what} is on its way`];
      if (status === 'pending') return [`${what} is sent again at ${next_attempt_at ?? 'any time'}${why}`];
      return status === 'failed' || status === 'undeliverable'
        ? [`${what} is ${status}${why}; resend it: POST /notifications/${notification_id}/resend`]
        : [];
    });
}

/** A customer is told how the order ended: until the notification service has heard of it there is no message. */
function ofTelling({ order, notifications, unanswered }: Answers, blocked: readonly BlockedMessage[]): string[] {
  if (!isAtRest(order)) return [];
  const service = 'notification-service';
  const isKnown = unanswered.every((other) => other.service !== service);
  const isBlocked = blocked.some((message) => message.service === service);
  const type = `order_${order.status}`;
  if (!isKnown || isBlocked || notifications.some(({ notification_type }) => notification_type === type)) return [];
  return [`the order is ${order.status}, but there is no message about it yet`];
}

/** Whether the same text was sent again later: how the last of them ends is what counts. Of two refunds the texts differ. */
function isRepeated(message: NotificationAnswer, all: readonly NotificationAnswer[]): boolean {
  const { channel, message: text, resend_number } = message;
  return all.some(
    (other) => other.channel === channel && other.message === text && other.resend_number > resend_number,
  );
}

function ofOrder({ order }: Answers): string[] {
  return order === null || isAtRest(order) ? [] : [`the order is ${order.status} since ${order.updated_at}`];
}

function isAtRest(order: Answers['order']): order is OrderAnswer & { readonly status: 'confirmed' | 'cancelled' } {
  return order?.status === 'confirmed' || order?.status === 'cancelled';
}

function attemptsText(attempts: number): string {
  return `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
}
