import type { NotificationType } from '@app/events';

/** The wording of one type, in Handlebars. */
export interface Template {
  readonly subject: string;
  /** Plain text. */
  readonly text: string;
  /** The inner part of the mail; what surrounds it is {@link HTML_LAYOUT}. */
  readonly html: string;
  readonly sms: string;
}

export const TEMPLATES: Readonly<Record<NotificationType, Template>> = {
  order_received: {
    subject: 'We have received your order {{orderId}}',
    text: `Thank you for your order {{orderId}}.

{{#each items}}
{{quantity}} x {{name}}, {{price}} each
{{/each}}

Total: {{amount}}

We will let you know as soon as your payment has been approved.`,
    html: `<p>Thank you for your order <strong>{{orderId}}</strong>.</p>
<table role="presentation" cellpadding="4">
{{#each items}}
<tr><td align="right">{{quantity}} x</td><td>{{name}}</td><td align="right">{{price}} each</td></tr>
{{/each}}
<tr><td></td><td><strong>Total</strong></td><td align="right"><strong>{{amount}}</strong></td></tr>
</table>
<p>We will let you know as soon as your payment has been approved.</p>`,
    sms: 'We have received your order {{orderId}} for {{amount}}.',
  },
  order_paid: {
    subject: 'Your payment for order {{orderId}} is approved',
    text: `Your payment of {{amount}} for order {{orderId}} is approved.

The amount is reserved now. It is charged once everything you ordered has been set aside for you.`,
    html: `<p>Your payment of <strong>{{amount}}</strong> for order <strong>{{orderId}}</strong> is approved.</p>
<p>The amount is reserved now. It is charged once everything you ordered has been set aside for you.</p>`,
    sms: 'Your payment of {{amount}} for order {{orderId}} is approved.',
  },
  payment_failed: {
    subject: 'The payment for your order {{orderId}} failed',
    text: `We could not take the payment of {{amount}} for order {{orderId}}: {{reason}}.

You have not been charged.`,
    html: `<p>We could not take the payment of <strong>{{amount}}</strong> for order <strong>{{orderId}}</strong>: {{reason}}.</p>
<p>You have not been charged.</p>`,
    sms: 'The payment of {{amount}} for order {{orderId}} failed: {{reason}}. You have not been charged.',
  },
  order_confirmed: {
    subject: 'Your order {{orderId}} is confirmed',
    text: `Good news: your order {{orderId}} over {{amount}} is confirmed. Everything you ordered has been set aside for you.`,
    html: `<p>Good news: your order <strong>{{orderId}}</strong> over <strong>{{amount}}</strong> is confirmed. Everything you ordered has been set aside for you.</p>`,
    sms: 'Your order {{orderId}} over {{amount}} is confirmed.',
  },
  order_cancelled: {
    subject: 'Your order {{orderId}} was cancelled',
    text: `Your order {{orderId}} over {{amount}} was cancelled because {{reason}}.

If an amount was reserved or charged, you will get it back and hear from us about it.`,
    html: `<p>Your order <strong>{{orderId}}</strong> over <strong>{{amount}}</strong> was cancelled because {{reason}}.</p>
<p>If an amount was reserved or charged, you will get it back and hear from us about it.</p>`,
    sms: 'Your order {{orderId}} was cancelled because {{reason}}.',
  },
  payment_refunded: {
    subject:
      '{{#if charged}}We have refunded your payment for order {{orderId}}{{else}}Nothing was charged for your order {{orderId}}{{/if}}',
    text: `{{#if charged}}We have refunded {{amount}} for order {{orderId}}. Depending on your bank it can take a few days until you see it.{{else}}The hold of {{amount}} for order {{orderId}} was released, nothing was charged.{{/if}}`,
    html: `<p>{{#if charged}}We have refunded <strong>{{amount}}</strong> for order <strong>{{orderId}}</strong>. Depending on your bank it can take a few days until you see it.{{else}}The hold of <strong>{{amount}}</strong> for order <strong>{{orderId}}</strong> was released, nothing was charged.{{/if}}</p>`,
    sms: '{{#if charged}}We have refunded {{amount}} for order {{orderId}}.{{else}}The hold of {{amount}} for order {{orderId}} was released, nothing was charged.{{/if}}',
  },
};

export const HTML_LAYOUT = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{subject}}</title></head>
<body style="font-family:sans-serif;line-height:1.5;color:#222">
{{{content}}}
<p style="color:#777;font-size:smaller">This mail was sent automatically because of your order {{orderId}}.</p>
</body>
</html>
`;
