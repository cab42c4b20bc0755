declare const minorUnits: unique symbol;

/** An amount in the currency's minor unit (cents): a non-negative safe integer. All arithmetic on money uses it. */
export type MinorUnits = number & { readonly [minorUnits]: true };

/** The largest amount an order, and so every event, may carry: 999,999,999.99, what `numeric(12,2)` leaves of headroom. */
export const MAX_AMOUNT = 99_999_999_999 as MinorUnits;

/**
 * Reads a decimal from the wire (a JSON number with at most two decimals) into minor units.
 * @throws RangeError when it is negative, not finite, beyond {@link MAX_AMOUNT} or has more than two decimals.
 */
export function toMinorUnits(decimal: number): MinorUnits {
  const cents = Math.round(decimal * 100);
  if (!hasAtMostTwoDecimals(decimal)) throw new RangeError(`${decimal} has more than two decimals`);
  return minorUnitsOf(cents);
}

/** Takes an integer that already counts minor units. @throws RangeError outside 0…{@link MAX_AMOUNT}. */
export function minorUnitsOf(cents: number): MinorUnits {
  if (!Number.isSafeInteger(cents) || cents < 0 || cents > MAX_AMOUNT) {
    throw new RangeError(`${cents} is not an amount in minor units between 0 and ${MAX_AMOUNT}`);
  }
  return cents as MinorUnits;
}

/** Writes minor units as the decimal JSON number that goes on the wire: 129999 → 1299.99. */
export function toDecimal(amount: MinorUnits): number {
  return amount / 100;
}

/**
 * Whether a JSON number is written with at most two decimals. A double nearest to such a decimal prints back as it, so
 * the shortest representation decides; no tolerance is involved.
 */
export function hasAtMostTwoDecimals(value: number): boolean {
  return Number.isFinite(value) && Math.round(value * 100) / 100 === value;
}
