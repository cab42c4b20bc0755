import { Injectable, Logger } from '@nestjs/common';
import { readFacts } from '../domain/announcement';
import type { DeliveryOutcome } from '../domain/delivery-settlement';
import type { DueNotification } from '../persistence/due-notification';
import { DeliveryDeferred, DeliveryRejected, ProviderUnreachable } from './delivery-errors';
import { EmailSender } from './email-sender';
import { renderHtml, renderMessage } from './message-renderer';
import { ProviderOutages } from './provider-outages';
import { SmsSender } from './sms-sender';

/** Makes a message of a notification and hands it to the provider of its channel. */
@Injectable()
export class MessageCourier {
  private readonly logger = new Logger(MessageCourier.name);

  constructor(
    private readonly emails: EmailSender,
    private readonly texts: SmsSender,
    private readonly outages: ProviderOutages,
  ) {}

  /** Answers for every failure of a provider; throws only what is our own fault. Ends when the signal aborts. */
  async deliver(notification: DueNotification, signal: AbortSignal): Promise<DeliveryOutcome> {
    const { channel } = notification;
    if (this.outages.isOut(channel) && !notification.probe) {
      return { kind: 'unreachable', error: 'the provider has not been reachable lately' };
    }
    try {
      await this.send(notification, signal);
      this.outages.reached(channel);
      return { kind: 'sent' };
    } catch (error) {
      return this.outcomeOf(notification, error);
    }
  }

  private send(notification: DueNotification, signal: AbortSignal): Promise<string> {
    const { id, orderId, channel, recipient: to } = notification;
    const facts = readFacts(notification.type, notification.facts);
    const { subject, message: text } = renderMessage(facts, orderId, channel);
    if (channel === 'sms') return this.texts.send({ id, to, text }, signal);
    return this.emails.send({ id, orderId, to, subject, text, html: renderHtml(facts, orderId) }, signal);
  }

  private outcomeOf({ id, channel }: DueNotification, error: unknown): DeliveryOutcome {
    if (error instanceof ProviderUnreachable) {
      this.outages.unreachable(channel, error.message);
      return { kind: 'unreachable', error: error.message };
    }
    if (error instanceof DeliveryDeferred) {
      this.outages.reached(channel);
      return { kind: 'deferred', error: error.message };
    }
    if (!(error instanceof DeliveryRejected)) throw error;
    this.outages.reached(channel);
    this.logger.warn(`${channel} refused for good: ${error.message}`, { notification_id: id });
    return { kind: 'rejected', error: error.message };
  }
}
