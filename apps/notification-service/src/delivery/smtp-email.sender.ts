import { redactText, type Clock } from '@app/platform';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { NodemailerError } from 'nodemailer';
import { DeliveryDeferred, DeliveryRejected, DeliveryUnanswered, DeliveryUnknown } from './delivery-errors';
import { ProviderUnreachable, RecipientBusy } from './delivery-errors';
import { EmailSender, type EmailMessage } from './email-sender';
import { composeMail, messageIdOf, type MailOrigin } from './mail-composer';
import { HandedOver } from './smtp-job';
import { SmtpPool, type SmtpPoolOptions } from './smtp-pool';
import { SmtpFailure } from './smtp-session';

/** How mails are sent. The `url` is `smtp://user:password@host:port`, or `smtps://…`. */
export interface SmtpOptions extends MailOrigin, SmtpPoolOptions {}

/** Sends over a pool of SMTP connections that stay open. */
export class SmtpEmailSender extends EmailSender implements OnApplicationShutdown {
  private readonly pool: SmtpPool;

  constructor(
    private readonly options: SmtpOptions,
    private readonly clock: Clock,
  ) {
    super();
    this.pool = new SmtpPool(options);
  }

  isHeldUp(recipient: string): boolean {
    return this.pool.isWaitingFor(recipient);
  }

  async send(message: EmailMessage, signal: AbortSignal): Promise<string> {
    const { fromAddress: from } = this.options;
    const content = composeMail(message, this.options, this.clock.now());
    const messageId = messageIdOf(message, from);
    try {
      await this.pool.send({ from, to: message.to }, content, signal);
      return messageId;
    } catch (error) {
      if (error instanceof HandedOver) throw this.unanswered(error, messageId);
      throw classify(error);
    }
  }

  stopWaiting(): void {
    this.pool.stopWaiting();
  }

  /** Closes idle connections; mails on their way are finished first. */
  onApplicationShutdown(): void {
    this.pool.close();
  }

  private unanswered({ message, answer }: HandedOver, messageId: string): DeliveryUnanswered {
    const late = answer.then(
      () => messageId,
      (error: unknown) => {
        throw classify(error);
      },
    );
    // Whether anybody listens is not our business.
    late.catch(() => undefined);
    return new DeliveryUnanswered(message, late, this.options.finalAnswerTimeoutMs);
  }
}

/** What a connection that is only made to see whether that works looks like. */
export function connectionOf({ url, timeoutMs }: { readonly url: string; readonly timeoutMs: number }) {
  return {
    url,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    logger: false,
  };
}

/** The server closes the connection (421), has lost its place in it (503), or wants a (better) log-in. */
const NOT_ABOUT_THE_MAIL = new Set([421, 503, 530, 534, 535, 538]);

/**
 * Tells what an SMTP failure means. Only answers about the recipient and the content concern the message; a refused log-in
 * or sender address is our own misconfiguration, and no reason to lose a single mail. Without an answer the message has
 * certainly not been taken before its content was sent, and may have been taken from then on.
 */
function classify(error: unknown): Error {
  if (error instanceof RecipientBusy || !(error instanceof SmtpFailure)) return error as Error;
  const { responseCode = 0, command } = error.cause;
  const text = describe(error.cause);
  if (!error.isAnswer) return error.stage === 'content' ? new DeliveryUnknown(text) : new ProviderUnreachable(text);
  if (NOT_ABOUT_THE_MAIL.has(responseCode) || command === 'MAIL FROM') return new ProviderUnreachable(text);
  return responseCode < 500 ? new DeliveryDeferred(text) : new DeliveryRejected(text);
}

/** Servers repeat the address in their answers; it must not reach a log. */
function describe({ code, response, message }: NodemailerError): string {
  return redactText([code, response || message].filter(Boolean).join(': ')).slice(0, 300);
}
