import type { NotificationChannel } from '@app/events';
import type { Facts } from '../domain/announcement';
import { htmlPage, plainText, type OrderReference } from './templates/layout';
import { linesOf, reasonInWords, shortagesInSms } from './templates/shortages';
import {
  orderCancelled,
  orderConfirmed,
  orderOutOfStock,
  orderPaid,
  orderReceived,
  partRefunded,
  paymentFailed,
  paymentRefunded,
  paymentVoided,
  type ItemLine,
  type OrderInWords,
  type Words,
} from './templates/templates';
import {
  amountInWords,
  CANCELLATION_DETAIL_WORDS,
  CANCELLATION_WORDS,
  DECLINE_WORDS,
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
  const reference = { orderId, orderNumber: facts.orderNumber };
  const words = wordsOf(facts, reference);
  return { subject: words.subject, message: channel === 'sms' ? words.sms : plainText(words, reference) };
}

/** A mail, also for programs that show HTML: there everything that is not ours is escaped. */
export function renderMail(facts: Facts, orderId: string): RenderedMail {
  const reference = { orderId, orderNumber: facts.orderNumber };
  const words = wordsOf(facts, reference);
  const { subject } = words;
  return { subject, message: plainText(words, reference), html: htmlPage(words, reference).toString() };
}

function wordsOf(facts: Facts, { orderId, orderNumber }: OrderReference): Words {
  const order = {
    order: orderNumber === undefined ? 'order' : `order ${orderNumber}`,
    orderInSms: `order ${orderNumber ?? orderId}`,
    amount: amountInWords(facts.amount, facts.currency),
  };
  switch (facts.type) {
    case 'order_received':
      return orderReceived(order, itemsOf(facts));
    case 'order_paid':
      return orderPaid(order);
    case 'payment_failed':
      return paymentFailed(order, PAYMENT_FAILURE_WORDS[facts.reason], isDeclined(facts));
    case 'order_confirmed':
      return orderConfirmed(order);
    case 'order_cancelled':
      return cancelled(order, facts);
    case 'payment_refunded':
      if (facts.method === 'void') return paymentVoided(order);
      if (facts.total === undefined) return paymentRefunded(order);
      return partRefunded(order, amountInWords(facts.total, facts.currency));
    default:
      return facts satisfies never;
  }
}

function itemsOf({ items, currency }: Extract<Facts, { type: 'order_received' }>): ItemLine[] {
  return items.map(({ name, quantity, price }) => ({
    name: onOneLine(name),
    quantity,
    price: amountInWords(price, currency),
    total: amountInWords(quantity * price, currency),
  }));
}

function isDeclined({ reason }: Extract<Facts, { type: 'payment_failed' }>): boolean {
  return reason === 'declined' || reason === 'insufficient_funds';
}

type Cancelled = Extract<Facts, { type: 'order_cancelled' }>;

function cancelled(order: OrderInWords, facts: Cancelled): Words {
  const { reason, shortages = [] } = facts;
  if (reason !== 'out_of_stock' || shortages.length === 0) return orderCancelled(order, reasonOf(facts));
  const sms = shortagesInSms(shortages, `Your ${order.orderInSms} was cancelled: `);
  return orderOutOfStock(order, reasonInWords(shortages), linesOf(shortages), sms);
}

function reasonOf({ reason, detail, declineReason }: Cancelled): string {
  if (detail !== undefined) return CANCELLATION_DETAIL_WORDS[detail];
  return declineReason === undefined ? CANCELLATION_WORDS[reason] : DECLINE_WORDS[declineReason];
}
