import { DESK_PROBLEMS } from '@app/desk';
import { MESSAGING_PROBLEMS } from '@app/messaging';
import type { ProblemCatalogue } from '@app/platform';

/** What the codes mean that this service answers with, or that its failed messages have. */
export const PROBLEMS: ProblemCatalogue = {
  ...MESSAGING_PROBLEMS,
  ...DESK_PROBLEMS,
  'PAYMENT.NOT_FOUND': {
    title: 'There is no such payment',
    status: 404,
    meaning: 'No payment has this id.',
    remedy: 'Find the payment by GET /payments?order_id=… of its order.',
  },
  'PAYMENT.ORDER_CONTRADICTED': {
    title: 'News contradicts what is known of the order',
    status: 409,
    meaning:
      'An event names another customer, amount, currency, means of payment or list of items than earlier events of its order. Nothing was done to the payment.',
    remedy:
      'Met by events only, never by requests: the message is at /failed-messages. Compare what the two services have stored of the order, and discard the message or retry it.',
  },
  'PAYMENT.TRANSITION_REFUSED': {
    title: 'The payment cannot take this step',
    status: 409,
    meaning: 'Something was said of the payment that cannot have happened in its state. Nothing was done to it.',
    remedy:
      'Met by events and by answers of the gateway, never by requests. Compare the payment with the gateway’s own pages.',
  },
  'WEBHOOK.BAD_SIGNATURE': {
    title: 'The signature is wrong',
    status: 400,
    meaning: 'The header Stripe-Signature does not belong to this body, or is too old.',
    remedy: 'Check STRIPE_WEBHOOK_SECRET and the clocks of both sides.',
  },
  'WEBHOOK.BAD_EVENT': {
    title: 'The event is not one of Stripe',
    status: 400,
    meaning: 'The signature is right, but the body is not an event the service can read.',
    remedy: 'Check the version of the API that the webhook endpoint is set to in the dashboard of Stripe.',
  },
  'WEBHOOK.NOT_NOW': {
    title: 'The gateway does not say whose payment this is about',
    status: 503,
    meaning: 'The payment gateway had to be asked and did not answer. The event was not stored.',
    remedy: 'Send the event again later, as Stripe does by itself.',
  },
  'SIMULATOR.NOT_SO_MUCH_LEFT': {
    title: 'More than is left to refund',
    status: 409,
    meaning: 'The amount exceeds what was captured for the order and has not been refunded.',
    remedy: 'Read the payment, and refund captured_amount less refunded_amount at most.',
  },
};
