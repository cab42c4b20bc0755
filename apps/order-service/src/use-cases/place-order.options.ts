/** Settings of placing orders; a class, so that it is its own injection token. */
export class PlaceOrderOptions {
  constructor(
    /** Milliseconds an order has to be settled. */
    readonly deadlineMs: number,
    /** Orders that may wait to be stored. */
    readonly maxWaiting: number,
  ) {}
}
