import { CallNotAnswered, CallNotMade } from '@app/platform';
import { Injectable, Logger } from '@nestjs/common';
import { readFacts } from '../domain/announcement';
import type { DeliveryOutcome } from '../domain/delivery-settlement';
import type { DueNotification } from '../persistence/due-notification';
import { DeliveryDeferred, DeliveryRejected, ProviderUnreachable } from './delivery-errors';
import { EmailSender } from './email-sender';
import { renderMail, renderMessage } from './message-renderer';
import { ProviderBreakers } from './provider-breakers';
import { SmsSender } from './sms-sender';

/** Makes a message of a notification and hands it to the provider of its channel. */
@Injectable()
export class MessageCourier {
  private readonly logger = new Logger(MessageCourier.name);

  constructor(
    private readonly emails: EmailSender,
    private readonly texts: SmsSender,
    private readonly breakers: ProviderBreakers,
  ) {}

  /** Answers for every failure of a provider; throws only what is our own fault. Ends when the signal aborts. */
  async deliver(notification: DueNotification, signal: AbortSignal): Promise<DeliveryOutcome> {
    const send = this.prepare(notification);
    try {
      await this.breakers.of(notification.channel).run(send, signal);
      return { kind: 'sent' };
    } catch (error) {
      return this.outcomeOf(notification, error);
    }
  }

  /** Words first: what goes wrong with them says nothing about the provider. */
  private prepare(notification: DueNotification): (signal: AbortSignal) => Promise<string> {
    const { id, orderId, channel, recipient: to } = notification;
    const facts = readFacts(notification.type, notification.facts);
    if (channel === 'sms') {
      const { message: text } = renderMessage(facts, orderId, channel);
      return (signal) => this.texts.send({ id, to, text }, signal);
    }
    const { subject, message: text, html } = renderMail(facts, orderId);
    return (signal) => this.emails.send({ id, orderId, to, subject, text, html }, signal);
  }

  private outcomeOf({ id, channel }: DueNotification, error: unknown): DeliveryOutcome {
    if (error instanceof DeliveryRejected) {
      this.logger.warn(`${channel} refused for good: ${error.message}`, { notification_id: id });
      return { kind: 'rejected', error: error.message };
    }
    if (error instanceof DeliveryDeferred) {
      const { message, retryAfterMs } = error;
      return { kind: 'deferred', error: message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    }
    if (error instanceof ProviderUnreachable || error instanceof CallNotMade || error instanceof CallNotAnswered) {
      return { kind: 'unreachable', error: error.message };
    }
    throw error;
  }
}
