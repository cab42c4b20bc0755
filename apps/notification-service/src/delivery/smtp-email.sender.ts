import { redactText, type Clock } from '@app/platform';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport, type NodemailerError, type Transporter } from 'nodemailer';
import { DeliveryDeferred, DeliveryRejected, ProviderUnreachable } from './delivery-errors';
import { composeMail, messageIdOf, type MailOrigin } from './mail-composer';
import { EmailSender, type EmailMessage } from './email-sender';

/** How mails are sent; times in milliseconds. */
export interface SmtpOptions extends MailOrigin {
  /** `smtp://user:password@host:port`, or `smtps://…`. */
  readonly url: string;
  readonly maxConnections: number;
  readonly connectionTimeoutMs: number;
  /** Silence of the server in the middle of a conversation. */
  readonly socketTimeoutMs: number;
}

/** Sends over a pool of SMTP connections that stay open. */
export class SmtpEmailSender extends EmailSender implements OnApplicationShutdown {
  private readonly logger = new Logger(SmtpEmailSender.name);
  private readonly transport: Transporter;

  constructor(
    private readonly options: SmtpOptions,
    private readonly clock: Clock,
  ) {
    super();
    this.transport = createTransport({
      ...connectionOf(options),
      pool: true,
      maxConnections: options.maxConnections,
      maxMessages: Infinity,
    });
    // Each failure is reported to the sender of its mail; an idle connection that ends is no news.
    this.transport.on('error', (error) => this.logger.debug(`smtp: ${describe(error)}`));
  }

  async send(message: EmailMessage, signal: AbortSignal): Promise<string> {
    const { fromAddress: from } = this.options;
    const raw = composeMail(message, this.options, this.clock.now());
    try {
      const envelope = { from, to: [message.to] };
      // It stands in `raw`; nodemailer would invent another one, to log it.
      const messageId = messageIdOf(message, from);
      await this.transport.sendMail({
        envelope,
        raw,
        messageId,
        signal,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      return messageId;
    } catch (error) {
      throw classify(error);
    }
  }

  /** Closes idle connections; mails on their way are finished first. */
  onApplicationShutdown(): void {
    this.transport.close();
  }
}

/** What a connection of this service to its mail server looks like, whoever makes it. */
export function connectionOf(options: Pick<SmtpOptions, 'url' | 'connectionTimeoutMs' | 'socketTimeoutMs'>) {
  return {
    url: options.url,
    connectionTimeout: options.connectionTimeoutMs,
    greetingTimeout: options.connectionTimeoutMs,
    dnsTimeout: options.connectionTimeoutMs,
    socketTimeout: options.socketTimeoutMs,
    logger: false,
  };
}

/**
 * Tells what an SMTP failure means. Only answers about the recipient and the content concern the message; a refused log-in
 * or sender address is our own misconfiguration, and no reason to lose a single mail.
 */
function classify(error: unknown): Error {
  const { code, command, responseCode } = error as NodemailerError;
  const text = describe(error);
  const aboutMessage = (code === 'EENVELOPE' || code === 'EMESSAGE') && command !== 'MAIL FROM';
  if (!aboutMessage || responseCode === 421) return new ProviderUnreachable(text);
  return responseCode !== undefined && responseCode < 500 ? new DeliveryDeferred(text) : new DeliveryRejected(text);
}

/** Servers repeat the address in their answers; it must not reach a log. */
function describe(error: unknown): string {
  const { code, response, message } = error as NodemailerError;
  return redactText([code, response || message].filter(Boolean).join(': ')).slice(0, 300);
}
