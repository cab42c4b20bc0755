/** The provider refuses this message, or its recipient, for good. */
export class DeliveryRejected extends Error {
  override readonly name = 'DeliveryRejected';
}

/** The provider has looked at this message and asks for another try later. */
export class DeliveryDeferred extends Error {
  override readonly name = 'DeliveryDeferred';

  /** @param retryAfterMs How long the provider wants to be left alone with this message, if it said so. */
  constructor(
    message: string,
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** The provider could not be reached, or takes nothing from us at present; the message is innocent. */
export class ProviderUnreachable extends Error {
  override readonly name = 'ProviderUnreachable';
}
