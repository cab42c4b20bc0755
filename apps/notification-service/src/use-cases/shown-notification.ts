import { renderMessage, type RenderedMessage } from '../delivery/message-renderer';
import type { StoredNotification } from '../persistence/notification.reader';

/** A notification with its words, which are made when somebody wants to read them. */
export interface ShownNotification extends StoredNotification, RenderedMessage {}

export function withWords(notification: StoredNotification): ShownNotification {
  return { ...notification, ...renderMessage(notification.facts, notification.orderId, notification.channel) };
}
