import { html, type Html } from './html';

/** The words of one notification. */
export interface Wording {
  readonly subject: string;
  /** Plain text. */
  readonly text: () => string;
  /** The inner part of the mail; what surrounds it is {@link htmlPage}. */
  readonly html: () => Html;
  readonly sms: () => string;
}

/** What each of them names: whose order and how much money it is about, both as a customer reads it. */
interface OrderInWords {
  readonly orderId: string;
  readonly amount: string;
}

interface ItemLine {
  readonly name: string;
  readonly quantity: number;
  readonly price: string;
}

export function orderReceived({ orderId, amount }: OrderInWords, items: readonly ItemLine[]): Wording {
  return {
    subject: `We have received your order ${orderId}`,
    text: () => `Thank you for your order ${orderId}.

${items.map(({ quantity, name, price }) => `${quantity} x ${name}, ${price} each\n`).join('')}
Total: ${amount}

We will let you know as soon as your payment has been approved.`,
    html: () =>
      html`<p>Thank you for your order <strong>${orderId}</strong>.</p>
<table role="presentation" cellpadding="4">
${items.map(
  ({ quantity, name, price }) =>
    html`<tr><td align="right">${quantity} x</td><td>${name}</td><td align="right">${price} each</td></tr>\n`,
)}<tr><td></td><td><strong>Total</strong></td><td align="right"><strong>${amount}</strong></td></tr>
</table>
<p>We will let you know as soon as your payment has been approved.</p>`,
    sms: () => `We have received your order ${orderId} for ${amount}.`,
  };
}

export function orderPaid({ orderId, amount }: OrderInWords): Wording {
  return {
    subject: `Your payment for order ${orderId} is approved`,
    text: () => `Your payment of ${amount} for order ${orderId} is approved.

The amount is reserved now. It is charged once everything you ordered has been set aside for you.`,
    html: () =>
      html`<p>Your payment of <strong>${amount}</strong> for order <strong>${orderId}</strong> is approved.</p>
<p>The amount is reserved now. It is charged once everything you ordered has been set aside for you.</p>`,
    sms: () => `Your payment of ${amount} for order ${orderId} is approved.`,
  };
}

export function paymentFailed({ orderId, amount }: OrderInWords, reason: string): Wording {
  return {
    subject: `The payment for your order ${orderId} failed`,
    text: () => `We could not take the payment of ${amount} for order ${orderId}: ${reason}.

You have not been charged.`,
    html: () =>
      html`<p>We could not take the payment of <strong>${amount}</strong> for order <strong>${orderId}</strong>: ${reason}.</p>
<p>You have not been charged.</p>`,
    sms: () => `The payment of ${amount} for order ${orderId} failed: ${reason}. You have not been charged.`,
  };
}

export function orderConfirmed({ orderId, amount }: OrderInWords): Wording {
  return {
    subject: `Your order ${orderId} is confirmed`,
    text: () =>
      `Good news: your order ${orderId} over ${amount} is confirmed. Everything you ordered has been set aside for you.`,
    html: () =>
      html`<p>Good news: your order <strong>${orderId}</strong> over <strong>${amount}</strong> is confirmed. Everything you ordered has been set aside for you.</p>`,
    sms: () => `Your order ${orderId} over ${amount} is confirmed.`,
  };
}

export function orderCancelled({ orderId, amount }: OrderInWords, reason: string): Wording {
  return {
    subject: `Your order ${orderId} was cancelled`,
    text: () => `Your order ${orderId} over ${amount} was cancelled because ${reason}.

If an amount was reserved or charged, you will get it back and hear from us about it.`,
    html: () =>
      html`<p>Your order <strong>${orderId}</strong> over <strong>${amount}</strong> was cancelled because ${reason}.</p>
<p>If an amount was reserved or charged, you will get it back and hear from us about it.</p>`,
    sms: () => `Your order ${orderId} was cancelled because ${reason}.`,
  };
}

/** Money that had been taken went back. */
export function paymentRefunded({ orderId, amount }: OrderInWords): Wording {
  return {
    subject: `We have refunded your payment for order ${orderId}`,
    text: () =>
      `We have refunded ${amount} for order ${orderId}. Depending on your bank it can take a few days until you see it.`,
    html: () =>
      html`<p>We have refunded <strong>${amount}</strong> for order <strong>${orderId}</strong>. Depending on your bank it can take a few days until you see it.</p>`,
    sms: () => `We have refunded ${amount} for order ${orderId}.`,
  };
}

/** A part of the money went back, and the order stands. */
export function partRefunded({ orderId, amount }: OrderInWords): Wording {
  return {
    subject: `We have refunded a part of your payment for order ${orderId}`,
    text: () =>
      `We have refunded ${amount} of your payment for order ${orderId}. Depending on your bank it can take a few days until you see it.`,
    html: () =>
      html`<p>We have refunded <strong>${amount}</strong> of your payment for order <strong>${orderId}</strong>. Depending on your bank it can take a few days until you see it.</p>`,
    sms: () => `We have refunded ${amount} of your payment for order ${orderId}.`,
  };
}

/** Only a hold had been placed, and was released. */
export function paymentVoided({ orderId, amount }: OrderInWords): Wording {
  return {
    subject: `Nothing was charged for your order ${orderId}`,
    text: () => `The hold of ${amount} for order ${orderId} was released, nothing was charged.`,
    html: () =>
      html`<p>The hold of <strong>${amount}</strong> for order <strong>${orderId}</strong> was released, nothing was charged.</p>`,
    sms: () => `The hold of ${amount} for order ${orderId} was released, nothing was charged.`,
  };
}

export function htmlPage({ subject, content, orderId }: { subject: string; content: Html; orderId: string }): Html {
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${subject}</title></head>
<body style="font-family:sans-serif;line-height:1.5;color:#222">
${content}
<p style="color:#777;font-size:smaller">This mail was sent automatically because of your order ${orderId}.</p>
</body>
</html>
`;
}
