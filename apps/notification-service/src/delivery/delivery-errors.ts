/** The provider refuses this message, or its recipient, for good. */
export class DeliveryRejected extends Error {
  override readonly name = 'DeliveryRejected';
}

/** The provider has looked at this message and asks for another try later. */
export class DeliveryDeferred extends Error {
  override readonly name = 'DeliveryDeferred';
}

/** The provider could not be reached, or takes nothing from us at present; the message is innocent. */
export class ProviderUnreachable extends Error {
  override readonly name = 'ProviderUnreachable';
}
