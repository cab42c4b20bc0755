import { DESK_PROBLEMS } from '@app/desk';
import { MESSAGING_PROBLEMS } from '@app/messaging';
import type { ProblemCatalogue } from '@app/platform';

/** What the codes mean that this service answers with, or that its failed messages have. */
export const PROBLEMS: ProblemCatalogue = {
  ...MESSAGING_PROBLEMS,
  ...DESK_PROBLEMS,
  'INVENTORY.PRODUCT_NOT_FOUND': {
    title: 'There is no such product',
    status: 404,
    meaning: 'No product has this id.',
    remedy: 'Find it by GET /inventory, or add it by POST /inventory.',
  },
  'INVENTORY.ALLOCATION_NOT_FOUND': {
    title: 'No stock was decided on for this order',
    status: 404,
    meaning: 'The order has not been paid yet, it was cancelled before, or there is no such order.',
    remedy: 'Look at the order: GET /orders/{order_id} of the order service.',
  },
  'INVENTORY.PRODUCT_EXISTS': {
    title: 'The product exists already',
    status: 409,
    meaning: 'A product with this id exists. Nothing was changed.',
    remedy: 'Adjust its stock instead: POST /inventory/{product_id}/adjustments.',
  },
  'INVENTORY.NOT_ENOUGH_STOCK': {
    title: 'The stock is too low',
    status: 409,
    meaning: 'More pieces were to be removed than are available for sale. Nothing was changed.',
    remedy: 'Remove at most what errors allows; pieces that orders hold cannot be removed.',
  },
  'INVENTORY.STOCK_LIMIT': {
    title: 'The stock would be too large',
    status: 422,
    meaning: 'The product would have more pieces than a stock can hold. Nothing was changed.',
    remedy: 'Add at most what errors allows.',
  },
  'INVENTORY.DELIVERY_NOT_POSITIVE': {
    title: 'A delivery adds pieces',
    status: 422,
    meaning: 'The reason is delivery, and quantity_delta is negative.',
    remedy: 'Use the reason correction to remove pieces.',
  },
  'INVENTORY.IDEMPOTENCY_KEY_REUSED': {
    title: 'The Idempotency-Key belongs to another adjustment',
    status: 422,
    meaning: 'This Idempotency-Key was used for another adjustment of the product. Nothing was changed.',
    remedy: 'Use a new key for a new adjustment, and the same key only with the same request.',
  },
  'INVENTORY.NEWS_CONTRADICTED': {
    title: 'News contradicts what is known of the order',
    status: 409,
    meaning:
      'An event names another customer or list of items than earlier events of its order. Nothing was done to the stock.',
    remedy:
      'Met by events only, never by requests: the message is at /failed-messages. Compare what the two services have stored of the order, and discard the message or retry it.',
  },
};
