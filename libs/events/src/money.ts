declare const minorUnits: unique symbol;

const NUMERIC = /^(\d{1,10})(?:\.(\d{1,2}))?$/;

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

/**
 * Reads what PostgreSQL gives for a `numeric(12,2)`, such as `'12.30'`, into minor units. Works on the digits, never with
 * floating-point arithmetic. @throws RangeError when it is not a decimal with at most two decimals, or outside
 * 0…{@link MAX_AMOUNT}.
 */
export function fromNumeric(text: string): MinorUnits {
  const [, whole, fraction = ''] = NUMERIC.exec(text) ?? [];
  if (whole === undefined) throw new RangeError('not an amount of money with at most two decimals');
  return minorUnitsOf(Number(whole + fraction.padEnd(2, '0')));
}

/** Writes minor units as a `numeric` for PostgreSQL, always with two decimals: 1230 → `'12.30'`. */
export function toNumeric(amount: MinorUnits): string {
  const cents = amount % 100;
  return `${(amount - cents) / 100}.${cents < 10 ? '0' : ''}${cents}`;
}
