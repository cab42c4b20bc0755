/** A mail to one person. */
export interface EmailMessage {
  /** Of the notification: the same for every attempt, so that a receiver can drop a second copy. */
  readonly id: string;
  readonly orderId: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Hands mails to a mail server. */
export abstract class EmailSender {
  /**
   * Resolves with the Message-ID once the server has taken responsibility for the mail.
   * @throws DeliveryRejected | DeliveryDeferred | ProviderUnreachable; the last one too when the signal aborts.
   */
  abstract send(message: EmailMessage, signal: AbortSignal): Promise<string>;
}
