import {
  DeliveryDeferred,
  DeliveryRejected,
  DeliveryUnanswered,
  DeliveryUnknown,
} from '../src/delivery/delivery-errors';
import { ProviderUnreachable } from '../src/delivery/delivery-errors';
import { EmailSender, type EmailMessage } from '../src/delivery/email-sender';
import { composeMail, messageIdOf } from '../src/delivery/mail-composer';
import type { EmailWorld } from './email-sender.contract';

const ORIGIN = { fromAddress: 'orders@example.test', fromName: 'Order Service' };
const ERRORS = { 'for good': DeliveryRejected, 'for now': DeliveryDeferred };

/** A mail server in memory. */
export class FakeEmailSender extends EmailSender implements EmailWorld {
  readonly sender = this;
  private readonly mails: { to: string; subject: string; messageId: string }[] = [];
  private readonly refusedRecipients = new Map<string, 'for good' | 'for now'>();
  private refusedMails: 'for good' | 'for now' | undefined;
  private readonly unanswered = new Map<string, (error: Error) => void>();
  private state: 'up' | 'silent' | 'losing answers' | 'down' = 'up';

  isHeldUp(recipient: string): boolean {
    return this.unanswered.has(recipient);
  }

  stopWaiting(): void {
    for (const end of this.unanswered.values()) end(new DeliveryUnknown('no final answer yet'));
    this.unanswered.clear();
  }

  async send(message: EmailMessage, signal: AbortSignal): Promise<string> {
    composeMail(message, ORIGIN, new Date(0));
    if (this.state === 'down') throw new ProviderUnreachable('nobody is there');
    const messageId = messageIdOf(message, ORIGIN.fromAddress);
    if (this.state === 'silent' || this.state === 'losing answers') this.take(message, messageId);
    if (this.state === 'losing answers') throw new DeliveryUnknown('the connection broke');
    if (this.state === 'silent') await this.handOver(message.to, signal);
    const refusal = this.refusedRecipients.get(message.to) ?? this.refusedMails;
    if (refusal !== undefined) throw new ERRORS[refusal](`refused ${refusal}`);
    this.take(message, messageId);
    return messageId;
  }

  private take({ to, subject }: EmailMessage, messageId: string): void {
    this.mails.push({ to, subject, messageId });
  }

  private async handOver(to: string, signal: AbortSignal): Promise<never> {
    const answer = Promise.withResolvers<string>();
    answer.promise.catch(() => undefined);
    this.unanswered.set(to, answer.reject);
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    throw new DeliveryUnanswered('no final answer yet', answer.promise, 60_000);
  }

  arrived() {
    return this.mails;
  }

  refuseRecipient(address: string, how: 'for good' | 'for now'): void {
    this.refusedRecipients.set(address, how);
  }

  refuseMails(how: 'for good' | 'for now'): void {
    this.refusedMails = how;
  }

  goSilent(): void {
    this.state = 'silent';
  }

  loseAnswers(): void {
    this.state = 'losing answers';
  }

  async goAway(): Promise<void> {
    this.state = 'down';
  }

  async comeBack(): Promise<void> {
    this.state = 'up';
  }
}
