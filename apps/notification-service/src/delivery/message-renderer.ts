import type { NotificationChannel } from '@app/events';
import type { Facts } from '../domain/announcement';
import {
  htmlPage,
  orderCancelled,
  orderConfirmed,
  orderPaid,
  orderReceived,
  partRefunded,
  paymentFailed,
  paymentRefunded,
  paymentVoided,
  type Wording,
} from './templates/templates';
import {
  amountInWords,
  CANCELLATION_DETAIL_WORDS,
  CANCELLATION_WORDS,
  onOneLine,
  PAYMENT_FAILURE_WORDS,
} from './templates/wording';

/** What a customer reads. */
export interface RenderedMessage {
  readonly subject: string;
  readonly message: string;
}

/** The same, and the page that most mail programs show instead. */
export interface RenderedMail extends RenderedMessage {
  readonly html: string;
}

/** The words of a notification: subject and plain text of a mail, or a short message. */
export function renderMessage(facts: Facts, orderId: string, channel: NotificationChannel): RenderedMessage {
  const { subject, text, sms } = wordingOf(facts, orderId);
  return { subject, message: channel === 'sms' ? sms() : text() };
}

/** A mail, also for programs that show HTML: there everything that is not ours is escaped. */
export function renderMail(facts: Facts, orderId: string): RenderedMail {
  const { subject, text, html } = wordingOf(facts, orderId);
  return { subject, message: text(), html: htmlPage({ subject, content: html(), orderId }).toString() };
}

function wordingOf(facts: Facts, orderId: string): Wording {
  const order = { orderId, amount: amountInWords(facts.amount, facts.currency) };
  switch (facts.type) {
    case 'order_received':
      return orderReceived(
        order,
        facts.items.map(({ name, quantity, price }) => ({
          name: onOneLine(name),
          quantity,
          price: amountInWords(price, facts.currency),
        })),
      );
    case 'order_paid':
      return orderPaid(order);
    case 'payment_failed':
      return paymentFailed(order, PAYMENT_FAILURE_WORDS[facts.reason]);
    case 'order_confirmed':
      return orderConfirmed(order);
    case 'order_cancelled':
      return orderCancelled(order, reasonOf(facts));
    case 'payment_refunded':
      if (facts.method === 'void') return paymentVoided(order);
      return facts.total === undefined ? paymentRefunded(order) : partRefunded(order);
    default:
      return facts satisfies never;
  }
}

function reasonOf({ reason, detail }: Extract<Facts, { type: 'order_cancelled' }>): string {
  return detail === undefined ? CANCELLATION_WORDS[reason] : CANCELLATION_DETAIL_WORDS[detail];
}
