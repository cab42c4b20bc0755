import { CallNotAnswered, CallNotMade } from '@app/platform';
import { Injectable, Logger } from '@nestjs/common';
import { readFacts } from '../domain/announcement';
import type { DeliveryOutcome } from '../domain/delivery-settlement';
import type { DueNotification } from '../persistence/due-notification';
import { DeliveryDeferred, DeliveryRejected, DeliveryUnanswered, DeliveryUnknown } from './delivery-errors';
import { ProviderUnreachable, RecipientBusy } from './delivery-errors';
import { EmailSender } from './email-sender';
import { renderMail, renderMessage } from './message-renderer';
import { ProviderBreakers } from './provider-breakers';
import { SmsSender } from './sms-sender';

const SENT: Delivery & { readonly outcome: { readonly kind: 'sent' } } = { outcome: { kind: 'sent' } };
const LOGGED: Delivery = { outcome: { kind: 'logged' } };
/** The provider certainly has not taken the message. */
const UNTOUCHED = [ProviderUnreachable, RecipientBusy, CallNotMade];

/** How the attempt to deliver a message went. */
export interface Delivery {
  readonly outcome: DeliveryOutcome;
  /** After `unanswered`: how it ends. Never rejects. */
  readonly answer?: Promise<DeliveryOutcome>;
}

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
  async deliver(notification: DueNotification, signal: AbortSignal): Promise<Delivery> {
    const { channel, recipient } = notification;
    const send = this.prepare(notification);
    // Outside of the breaker: what is not tried says nothing about the provider.
    if (channel === 'email' && this.emails.isHeldUp(recipient)) {
      return { outcome: this.outcomeOf(notification, new RecipientBusy()) };
    }
    try {
      await this.breakers.of(channel).run(send, signal);
      return channel === 'sms' && this.texts.outcome === 'logged' ? LOGGED : SENT;
    } catch (error) {
      const outcome = this.outcomeOf(notification, error);
      return error instanceof DeliveryUnanswered
        ? { outcome, answer: this.late(notification, error.answer) }
        : { outcome };
    }
  }

  /** Ends the waiting for late answers: what is unanswered has an unknown outcome then. */
  stopWaiting(): void {
    this.emails.stopWaiting();
  }

  private async late(notification: DueNotification, answer: Promise<string>): Promise<DeliveryOutcome> {
    try {
      await answer;
      return SENT.outcome;
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
      this.logger.warn(`${channel} rejected permanently: ${error.message}`, { notification_id: id });
      return { kind: 'rejected', error: error.message };
    }
    if (error instanceof DeliveryDeferred) {
      const { message, retryAfterMs } = error;
      return { kind: 'deferred', error: message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    }
    if (error instanceof DeliveryUnanswered) {
      const { message, withinMs } = error;
      return { kind: 'unanswered', error: message, withinMs };
    }
    // A call that was given up and did not end may have got anywhere.
    if (error instanceof DeliveryUnknown || error instanceof CallNotAnswered) {
      this.logger.warn(`${channel} delivery outcome unknown: ${error.message}`, { notification_id: id });
      return { kind: 'unknown', error: error.message };
    }
    if (UNTOUCHED.some((type) => error instanceof type))
      return { kind: 'unreachable', error: (error as Error).message };
    throw error;
  }
}
