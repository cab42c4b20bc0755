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
  /** Whether the server has not answered for an earlier mail to this recipient, so that another one is not tried now. */
  abstract isHeldUp(recipient: string): boolean;

  /**
   * Resolves with the Message-ID once the server has taken responsibility for the mail. When the signal aborts it ends as
   * ProviderUnreachable, or as DeliveryUnanswered when the mail has been handed over.
   * @throws DeliveryRejected | DeliveryDeferred | ProviderUnreachable | RecipientBusy | DeliveryUnknown | DeliveryUnanswered
   */
  abstract send(message: EmailMessage, signal: AbortSignal): Promise<string>;

  /** Ends the waiting for all answers of DeliveryUnanswered, as DeliveryUnknown. */
  abstract stopWaiting(): void;
}
