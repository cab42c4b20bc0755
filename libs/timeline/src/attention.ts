import type { Answers, FailedMessageAnswer } from './answers';

/** A message of the order that its service could not handle, or that waits behind one. */
export interface BlockedMessage extends FailedMessageAnswer {
  readonly service: string;
}

/** A payment comes to rest in these. */
const SETTLED_PAYMENTS = new Set(['captured', 'failed', 'voided', 'refunded', 'cancelled']);

/** What is still on its way or needs somebody, with what to do about it; most urgent first. */
export function attentionOf(answers: Answers, blocked: readonly BlockedMessage[]): string[] {
  return [...blocked.flatMap(ofBlocked), ...ofPayment(answers), ...ofMessages(answers), ...ofOrder(answers)];
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
  const behind = waiting_behind === 0 ? '' : `, and ${waiting_behind} more wait behind it`;
  switch (status) {
    case 'waiting':
      return [];
    case 'retrying':
      return [`${service} retries ${topic} at ${next_attempt_at ?? 'any time'}, after ${attempts} attempts${behind}`];
    default:
      return [
        `${service} has given up ${topic} (${status})${behind}: ./ops failed show ${id}, then ./ops failed retry ${id}`,
      ];
  }
}

function ofPayment({ payment }: Answers): string[] {
  if (payment === null || (payment.pending === null && SETTLED_PAYMENTS.has(payment.status))) return [];
  if (payment.pending === null)
    return payment.status === 'authorized'
      ? ['the payment is held, and not captured yet']
      : [`the payment is ${payment.status}`];
  const { operation, attempts, outcome_unknown, next_attempt_at } = payment.pending;
  const outcome = outcome_unknown ? ', of which the outcome is unknown' : '';
  return [`the gateway is asked to ${operation} at ${next_attempt_at}, after ${attempts} attempts${outcome}`];
}

function ofMessages({ notifications }: Answers): string[] {
  return notifications.flatMap(
    ({ status, channel, notification_type, next_attempt_at, last_error, notification_id }) => {
      const what = `${channel === 'sms' ? 'SMS' : 'e-mail'} ${notification_type}`;
      const why = last_error === null ? '' : `: ${last_error}`;
      if (status === 'pending' && last_error === null) return [`${what} is on its way`];
      if (status === 'pending') return [`${what} is sent again at ${next_attempt_at ?? 'any time'}${why}`];
      return status === 'failed' || status === 'undeliverable'
        ? [`${what} is ${status}${why}; resend it: POST /notifications/${notification_id}/resend`]
        : [];
    },
  );
}

function ofOrder({ order }: Answers): string[] {
  return order === null || order.status === 'confirmed' || order.status === 'cancelled'
    ? []
    : [`the order is ${order.status} since ${order.updated_at}`];
}
