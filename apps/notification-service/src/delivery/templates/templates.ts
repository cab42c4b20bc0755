/** How the news feels to the customer: it gives the mail its colour. */
export type Tone = 'good' | 'neutral' | 'bad';

/** A product of the order. */
export interface ItemLine {
  readonly name: string;
  readonly quantity: number;
  /** Of one piece. */
  readonly price: string;
  /** Of all pieces. */
  readonly total: string;
}

/** A product that was short. */
export interface ShortLine {
  readonly name: string;
  /** What there is of it, as a sentence without its subject. */
  readonly what: string;
}

/** What a mail says; `layout.ts` makes plain text and HTML of it. All of it is plain text on one line. */
export interface Wording {
  readonly tone: Tone;
  readonly subject: string;
  readonly headline: string;
  readonly lead: string;
  readonly items: readonly ItemLine[];
  /** Above the items. */
  readonly short?: readonly ShortLine[];
  /** Name and value, below the items. */
  readonly amounts: readonly (readonly [name: string, value: string])[];
  /** What happens next. */
  readonly next: string;
}

/** A mail, and the same in a short message. */
export interface Words extends Wording {
  readonly sms: string;
}

/** What each of them names. */
export interface OrderInWords {
  /** `order 7F3K-29QX`, or `order` when its number is not known. */
  readonly order: string;
  /** The same where there is no small print: with the id then. */
  readonly orderInSms: string;
  readonly amount: string;
}

export function orderReceived({ order, orderInSms, amount }: OrderInWords, items: readonly ItemLine[]): Words {
  return {
    tone: 'neutral',
    subject: `We received your ${order}`,
    headline: 'Thank you for your order',
    lead: `We received your ${order} for ${amount}.`,
    items,
    amounts: [['Total', amount]],
    next: 'We are checking your payment and will write to you as soon as it is approved.',
    sms: `We received your ${orderInSms} for ${amount}.`,
  };
}

export function orderPaid({ order, orderInSms, amount }: OrderInWords): Words {
  return {
    tone: 'neutral',
    subject: `Your payment for ${withThe(order)} is approved`,
    headline: 'Your payment is approved',
    lead: `Your payment of ${amount} for ${withThe(order)} is approved.`,
    items: [],
    amounts: [['Reserved', amount]],
    next: 'The amount is only reserved for now. You are charged once everything you ordered has been set aside for you.',
    sms: `Your payment of ${amount} for ${orderInSms} is approved.`,
  };
}

/** @param declined The bank said no; otherwise something else went wrong. */
export function paymentFailed({ order, orderInSms, amount }: OrderInWords, reason: string, declined: boolean): Words {
  const failed = declined ? 'was declined' : 'failed';
  return {
    tone: 'bad',
    subject: `Your payment for ${withThe(order)} ${failed}`,
    headline: `Your payment ${failed}`,
    lead: `We could not take your payment of ${amount} for ${withThe(order)}: ${reason}.`,
    items: [],
    amounts: [['Not charged', amount]],
    next: 'You have not been charged, and we are cancelling the order. You are welcome to place it again with another payment method.',
    sms: `Your payment of ${amount} for ${orderInSms} ${failed}. You have not been charged.`,
  };
}

export function orderConfirmed({ order, orderInSms, amount }: OrderInWords): Words {
  return {
    tone: 'good',
    subject: `Your ${order} is confirmed`,
    headline: 'Your order is confirmed',
    lead: `Good news: your ${order} for ${amount} is confirmed. Everything you ordered has been set aside for you.`,
    items: [],
    amounts: [['Total', amount]],
    next: 'We are charging the amount that was reserved. There is nothing you need to do.',
    sms: `Your ${orderInSms} for ${amount} is confirmed.`,
  };
}

/** @param reason Goes on after "because". */
export function orderCancelled({ order, orderInSms, amount }: OrderInWords, reason: string): Words {
  return {
    tone: 'bad',
    subject: `Your ${order} was cancelled`,
    headline: 'Your order was cancelled',
    lead: `Your ${order} for ${amount} was cancelled because ${reason}.`,
    items: [],
    amounts: [['Total', amount]],
    next: MONEY_COMES_BACK,
    sms: `Your ${orderInSms} was cancelled because ${reason}.`,
  };
}

/** Too little of something was there. @param sms What was short, in few characters; empty when it does not fit. */
export function orderOutOfStock(order: OrderInWords, reason: string, short: readonly ShortLine[], sms: string): Words {
  const words = orderCancelled(order, reason);
  return {
    ...words,
    short,
    next: `${MONEY_COMES_BACK} You are welcome to place a new order for what is available.`,
    sms: sms === '' ? words.sms : `Your ${order.orderInSms} was cancelled: ${sms}.`,
  };
}

const MONEY_COMES_BACK =
  'If an amount was reserved or charged, you get it back. We will write to you when that is done.';

const DAYS_OF_THE_BANK = 'Depending on your bank, it can take a few days until you see the money.';

/** Money that had been taken went back. */
export function paymentRefunded({ order, orderInSms, amount }: OrderInWords): Words {
  return {
    tone: 'neutral',
    subject: `We refunded your payment for ${withThe(order)}`,
    headline: 'Your money is on its way back',
    lead: `We refunded ${amount} for ${withThe(order)}.`,
    items: [],
    amounts: [['Refunded', amount]],
    next: DAYS_OF_THE_BANK,
    sms: `We refunded ${amount} for ${orderInSms}.`,
  };
}

/** A part of the money went back, and the order stands. @param total What was refunded with it, and before. */
export function partRefunded({ order, orderInSms, amount }: OrderInWords, total: string): Words {
  return {
    tone: 'neutral',
    subject: `We refunded part of your payment for ${withThe(order)}`,
    headline: 'Part of your money is on its way back',
    lead: `We refunded ${amount} of your payment for ${withThe(order)}. The order itself does not change.`,
    items: [],
    amounts: [
      ['Refunded now', amount],
      ['Refunded in total', total],
    ],
    next: DAYS_OF_THE_BANK,
    sms: `We refunded ${amount} of your payment for ${orderInSms}.`,
  };
}

/** Only a hold had been placed, and was released. */
export function paymentVoided({ order, orderInSms, amount }: OrderInWords): Words {
  return {
    tone: 'neutral',
    subject: `You were not charged for ${withThe(order)}`,
    headline: 'You were not charged',
    lead: `We released the ${amount} that was reserved for ${withThe(order)}. You have not been charged.`,
    items: [],
    amounts: [['Released', amount]],
    next: 'Depending on your bank, it can take a few days until the amount is available to you again.',
    sms: `The ${amount} reserved for ${orderInSms} was released. You have not been charged.`,
  };
}

/** `order 7F3K-29QX`, but `your order` when it has no number to be called by. */
function withThe(order: string): string {
  return order === 'order' ? 'your order' : order;
}
