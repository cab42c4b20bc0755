import { DeliveryDeferred, DeliveryRejected, ProviderUnreachable } from '../src/delivery/delivery-errors';
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
  private state: 'up' | 'silent' | 'down' = 'up';

  async send(message: EmailMessage, signal: AbortSignal): Promise<string> {
    composeMail(message, ORIGIN, new Date(0));
    if (this.state === 'down') throw new ProviderUnreachable('nobody is there');
    if (this.state === 'silent') await aborted(signal);
    const refusal = this.refusedRecipients.get(message.to) ?? this.refusedMails;
    if (refusal !== undefined) throw new ERRORS[refusal](`refused ${refusal}`);
    const messageId = messageIdOf(message, ORIGIN.fromAddress);
    this.mails.push({ to: message.to, subject: message.subject, messageId });
    return messageId;
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

  async goAway(): Promise<void> {
    this.state = 'down';
  }

  async comeBack(): Promise<void> {
    this.state = 'up';
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new ProviderUnreachable('given up')), { once: true });
  });
}
