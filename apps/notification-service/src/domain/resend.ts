import { isSupersededByCancellation, type KnownNotification, type KnownOrder } from './notification';
import { lastPending, nextPosition, nextResend, predecessor, type PlannedNotification } from './notification-plan';

/** How often one message can be asked for again. */
export const MAX_RESENDS = 10;

export type ResendRefusal = 'still_pending' | 'superseded' | 'order_cancelled' | 'too_many' | 'no_address';

export type ResendDecision =
  | { readonly accepted: true; readonly notification: PlannedNotification }
  | { readonly accepted: false; readonly refusal: ResendRefusal };

/**
 * Whether a message may be delivered once more, and as which notification. A delivery of its own, with an id, attempts and
 * an outcome of its own; the number in `resend` says how often it has been asked for. What must not reach the customer
 * after a cancellation is refused here too.
 */
export function decideResend(
  order: KnownOrder,
  notification: KnownNotification,
  address: string | undefined,
  newId: () => string,
): ResendDecision {
  const { type, channel } = notification;
  const family = order.notifications.filter((known) => known.type === type && known.channel === channel);
  const resend = nextResend(order, type, channel);
  if (family.some(({ status }) => status === 'pending')) return refused('still_pending');
  if (notification.status === 'superseded') return refused('superseded');
  if (order.cancelled && isSupersededByCancellation(type)) return refused('order_cancelled');
  if (resend > MAX_RESENDS) return refused('too_many');
  if (address === undefined) return refused('no_address');
  return {
    accepted: true,
    notification: {
      notificationId: newId(),
      type,
      channel,
      address,
      status: 'pending',
      resend,
      part: notification.part,
      position: nextPosition(order),
      ...predecessor(lastPending(order.notifications, channel)),
    },
  };
}

function refused(refusal: ResendRefusal): ResendDecision {
  return { accepted: false, refusal };
}
