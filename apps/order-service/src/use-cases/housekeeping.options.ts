/** Settings of the periodic work; a class, so that it is its own injection token. */
export class HousekeepingOptions {
  constructor(
    /** Milliseconds between two looks for overdue orders. */
    readonly sweepMs: number,
    /** How long an idempotency key is remembered, in milliseconds. */
    readonly idempotencyKeyMs: number,
  ) {}
}
