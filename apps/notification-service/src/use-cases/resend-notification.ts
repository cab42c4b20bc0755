import { Transactions, Turns, type UnitOfWork } from '@app/messaging';
import { Clock, currentTrace, Ids } from '@app/platform';
import { Injectable, Logger } from '@nestjs/common';
import { DeliverySettings } from '../delivery/delivery-settings';
import { withOrderNumber, writeFacts } from '../domain/announcement';
import { UNKNOWN_ORDER, type KnownNotification, type KnownOrder } from '../domain/notification';
import { IdempotencyKeyReused, NotificationNotFound, ResendRefused } from '../domain/notification.errors';
import { addressFor } from '../domain/recipients';
import { decideResend } from '../domain/resend';
import { ContactRepository } from '../persistence/contact.repository';
import { NotificationReader, type StoredNotification } from '../persistence/notification.reader';
import { NotificationRepository } from '../persistence/notification.repository';
import { EnqueueNotifications } from './enqueue-notifications';
import { withWords, type ShownNotification } from './shown-notification';

/** The notification that a resend has made. */
export interface ResentNotification {
  readonly notification: ShownNotification;
  /** It had been asked for before with the same key. */
  readonly replayed: boolean;
}

/** Delivers a message once more, to the address the customer has now, as a new notification that counts the resends. */
@Injectable()
export class ResendNotification {
  private readonly logger = new Logger(ResendNotification.name);
  private readonly turns = new Turns();

  constructor(
    private readonly transactions: Transactions,
    private readonly reader: NotificationReader,
    private readonly notifications: NotificationRepository,
    private readonly contacts: ContactRepository,
    private readonly queue: EnqueueNotifications,
    private readonly settings: DeliverySettings,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * With a key a message is resent once per key, however often it is asked for: later answers are the first one.
   * @throws NotificationNotFound, ResendRefused, IdempotencyKeyReused
   */
  async execute(notificationId: string, idempotencyKey?: string): Promise<ResentNotification> {
    const original = await this.reader.find(notificationId);
    if (original === undefined) throw new NotificationNotFound();
    const { resentAs, replayed } = await this.turns.take(original.orderId, () =>
      this.transactions.run((unitOfWork) => this.resend(unitOfWork, original, idempotencyKey)),
    );
    const notification = await this.asAccepted(resentAs);
    if (!replayed) {
      this.logger.log('Notification resend requested', {
        notification_id: resentAs,
        original_notification_id: notificationId,
        order_id: notification.orderId,
        resend: notification.resend,
      });
    }
    return { notification: withWords(notification), replayed };
  }

  private async resend(unitOfWork: UnitOfWork, original: StoredNotification, key: string | undefined): Promise<Resent> {
    const { orderId, userId, channel } = original;
    // Before anything is looked up by the key: of two requests with the same one, the second waits here for the first.
    const orders = [{ orderId, cancelled: false }];
    const locked = await this.notifications.lockOrders(unitOfWork, orders, this.clock.now());
    const order = locked.get(orderId) ?? UNKNOWN_ORDER;
    const known = knownIn(order, original.notificationId);
    const earlier = key === undefined ? undefined : await this.notifications.findResend(unitOfWork, orderId, key);
    if (earlier !== undefined) {
      expectSameMessage(knownIn(order, earlier), known);
      return { resentAs: earlier, replayed: true };
    }
    const contact = (await this.contacts.findAll(unitOfWork, [userId])).get(userId);
    const address = addressFor(channel, userId, contact, this.settings.fallbackDomain);
    const decision = decideResend(order, known, address, () => this.ids.next());
    if (!decision.accepted) throw new ResendRefused(decision.refusal);
    // A person caused it, not an event.
    const { correlationId } = original.cause;
    const cause = { correlationId, ...currentTrace() };
    // It may have become known since.
    const facts = withOrderNumber(original.facts, locked.get(orderId)?.about.orderNumber);
    const stored = { orderId, userId, facts: writeFacts(facts), cause };
    await this.queue.execute(unitOfWork, [{ ...decision.notification, ...stored }]);
    const { notificationId: resentAs } = decision.notification;
    if (key !== undefined) await this.notifications.rememberKey(unitOfWork, resentAs, key);
    return { resentAs, replayed: false };
  }

  private async asAccepted(notificationId: string): Promise<StoredNotification> {
    const found = await this.reader.find(notificationId);
    if (found === undefined) throw new NotificationNotFound();
    return { ...found, ...ACCEPTED };
  }
}

interface Resent {
  /** The id of the new notification. */
  readonly resentAs: string;
  readonly replayed: boolean;
}

/** What is answered of a resend, whatever has become of it since. */
const ACCEPTED = { status: 'pending', attempts: 0, sentAt: undefined, dueAt: undefined, lastError: undefined } as const;

/** @throws IdempotencyKeyReused when a key has resent one message and is now to resend another one of the order. */
function expectSameMessage(earlier: KnownNotification, asked: KnownNotification): void {
  const { type, channel, part } = earlier;
  if (type !== asked.type || channel !== asked.channel || part !== asked.part) throw new IdempotencyKeyReused();
}

function knownIn(order: KnownOrder, notificationId: string): KnownNotification {
  const known = order.notifications.find((candidate) => candidate.notificationId === notificationId);
  if (known === undefined) throw new NotificationNotFound();
  return known;
}
