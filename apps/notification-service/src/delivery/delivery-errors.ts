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

/** The provider could not be reached, or takes nothing from us at present: it has certainly not taken the message. */
export class ProviderUnreachable extends Error {
  override readonly name = 'ProviderUnreachable';
}

/** Not tried: the provider still has to answer for an earlier message to this recipient. It has certainly not been taken. */
export class RecipientBusy extends Error {
  override readonly name = 'RecipientBusy';

  constructor() {
    super('an earlier message to this recipient is not answered yet');
  }
}

/** The message was handed over and the answer is lost: the provider may have taken it. */
export class DeliveryUnknown extends Error {
  override readonly name = 'DeliveryUnknown';
}

/** The message was handed over and the provider takes its time to answer. */
export class DeliveryUnanswered extends Error {
  override readonly name = 'DeliveryUnanswered';

  /**
   * @param answer Ends as the sending of the message would have: with its id, or with one of the errors above.
   * @param withinMs When it ends at the latest, in milliseconds from now.
   */
  constructor(
    message: string,
    readonly answer: Promise<string>,
    readonly withinMs: number,
  ) {
    super(message);
  }
}
