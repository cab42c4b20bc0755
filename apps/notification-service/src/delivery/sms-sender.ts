/** A short message to one phone. */
export interface SmsMessage {
  /** Of the notification: the same for every attempt; providers that know idempotency keys are given it as theirs. */
  readonly id: string;
  /** E.164. */
  readonly to: string;
  readonly text: string;
}

/** Hands short messages to a provider. */
export abstract class SmsSender {
  /** What has become of a message once {@link send} has resolved: somebody sends it, or it was written to the log. */
  abstract readonly outcome: 'sent' | 'logged';

  /**
   * Resolves with the provider's id of the message once it has been accepted. When the signal aborts it ends as
   * ProviderUnreachable, or as DeliveryUnknown when the message has been handed over.
   * @throws DeliveryRejected | DeliveryDeferred | ProviderUnreachable | DeliveryUnknown
   */
  abstract send(message: SmsMessage, signal: AbortSignal): Promise<string>;
}
