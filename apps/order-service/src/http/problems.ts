import { DESK_PROBLEMS } from '@app/desk';
import { MESSAGING_PROBLEMS } from '@app/messaging';
import type { ProblemCatalogue } from '@app/platform';

/** What the codes mean that this service answers with, or that its failed messages have. */
export const PROBLEMS: ProblemCatalogue = {
  ...MESSAGING_PROBLEMS,
  ...DESK_PROBLEMS,
  'ORDER.NOT_FOUND': {
    title: 'There is no such order',
    status: 404,
    meaning: 'No order has this id.',
    remedy: 'Check the id. After a 503 of POST /orders the order may appear later.',
  },
  'ORDER.FOREIGN_USER': {
    title: 'The order is for somebody else',
    status: 403,
    meaning: 'The credentials allow to order for their own user only, and user_id is another one.',
    remedy: 'Leave user_id out, or use credentials with the role support or service.',
  },
  'ORDER.TOTAL_TOO_LARGE': {
    title: 'The order costs too much',
    status: 400,
    meaning: 'The items add up to more than 999,999,999.99.',
    remedy: 'Order less, or in several orders.',
  },
  'ORDER.IDEMPOTENCY_KEY_REUSED': {
    title: 'The Idempotency-Key belongs to another request',
    status: 422,
    meaning: 'This Idempotency-Key was used for a request with other parameters. No order was stored.',
    remedy: 'Use a new key for a new order, and the same key only with the same request.',
  },
  'ORDER.IDEMPOTENCY_KEY_IN_USE': {
    title: 'The first request with this key is not finished',
    status: 409,
    meaning: 'A request with this Idempotency-Key is being processed.',
    remedy: 'Send the same request again after as many seconds as Retry-After says, to get its response.',
  },
  'ORDER.TOO_MANY_WAITING': {
    title: 'Too many requests are waiting',
    status: 503,
    meaning: 'As many requests wait for an order to be settled as the process takes.',
    remedy: 'Leave out ?wait and ask again later, or wait as long as Retry-After says.',
  },
  'ORDER.OVERLOADED': {
    title: 'Too many orders at once',
    status: 503,
    meaning: 'More orders are waiting to be stored than the service takes. This order was not stored.',
    remedy: 'Send the request again after as many seconds as Retry-After says.',
  },
  'ORDER.OUTCOME_UNKNOWN': {
    title: 'Whether the order was stored is not known',
    status: 503,
    meaning: 'The connection to the database was lost before it told whether the order is stored.',
    remedy: 'Read the order at the path in detail. Repeat the request only with the same Idempotency-Key.',
  },
  'ORDER.NEWS_MISMATCH': {
    title: 'News is not about the order as it was placed',
    status: 409,
    meaning:
      'An event of another service names another customer or other money than the order. Nothing was done to the order.',
    remedy:
      'Met by events only, never by requests: the message is at /failed-messages. Compare what the two services have stored of the order, and discard the message or retry it.',
  },
  'ORDER.TRANSITION_REFUSED': {
    title: 'The order cannot take this step',
    status: 409,
    meaning: 'An event does not fit the state of the order. Nothing was done to the order.',
    remedy:
      'Met by events only, never by requests: the message is at /failed-messages. Compare what the two services have stored of the order, and discard the message or retry it.',
  },
};
