import { DESK_PROBLEMS } from '@app/desk';
import { MESSAGING_PROBLEMS } from '@app/messaging';
import type { ProblemCatalogue } from '@app/platform';

/** What the codes mean that this service answers with, or that its failed messages have. */
export const PROBLEMS: ProblemCatalogue = {
  ...MESSAGING_PROBLEMS,
  ...DESK_PROBLEMS,
  'CONTACT.NOT_FOUND': {
    title: 'No contact is stored',
    status: 404,
    meaning: 'No contact is stored for this user. Such a user is notified by e-mail only.',
    remedy: 'Store one by PUT /contacts/{user_id}.',
  },
  'NOTIFICATION.NOT_FOUND': {
    title: 'There is no such notification',
    status: 404,
    meaning: 'No notification has this id.',
    remedy: 'Find it by GET /notifications.',
  },
  'NOTIFICATION.STILL_PENDING': {
    title: 'The message is already being delivered',
    status: 409,
    meaning: 'The message has not been delivered yet, so it is not sent again.',
    remedy: 'Wait until its status is sent, logged, failed or undeliverable.',
  },
  'NOTIFICATION.IDEMPOTENCY_KEY_REUSED': {
    title: 'The key was used for another message',
    status: 422,
    meaning: 'The Idempotency-Key was used before, to resend another message.',
    remedy: 'Use a new key for each resend, and the same one only to repeat it.',
  },
  'NOTIFICATION.SUPERSEDED': {
    title: 'The message was withheld',
    status: 409,
    meaning: 'The message was withheld because the order was cancelled first.',
    remedy: 'Nothing: it would mislead the customer.',
  },
  'NOTIFICATION.ORDER_CANCELLED': {
    title: 'The message is outdated',
    status: 409,
    meaning: 'The order has been cancelled since.',
    remedy: 'Nothing: it would mislead the customer.',
  },
  'NOTIFICATION.TOO_MANY_RESENDS': {
    title: 'The message was resent too often',
    status: 409,
    meaning: 'The message was resent as often as it may be.',
    remedy: 'Reach the customer in another way.',
  },
  'NOTIFICATION.NO_ADDRESS': {
    title: 'The user has no address on this channel',
    status: 422,
    meaning: 'The contact of the user has no address for the channel of the message.',
    remedy: 'Store one by PUT /contacts/{user_id}, then resend the message.',
  },
  'NOTIFICATION.ORDER_CONTRADICTED': {
    title: 'News contradicts what is known of the order',
    status: 409,
    meaning:
      'An event names another customer, number, currency or amount than earlier events of its order. Nobody was told anything.',
    remedy:
      'Met by events only, never by requests: the message is at /failed-messages. Compare what the two services have stored of the order, and discard the message or retry it.',
  },
};
