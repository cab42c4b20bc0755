import type { ValueTransformer } from 'typeorm';

const DECIMAL = /^(-?)(\d{1,13})(?:\.(\d{1,2}))?$/;

/**
 * `12.3`, `'12.30'` → `1230`. Works on the digits, never with float arithmetic. Throws `RangeError` for more than
 * two decimals, for exponents and for amounts beyond 13 digits before the point.
 */
export function toMinorUnits(amount: number | string): number {
  const match = DECIMAL.exec(String(amount));
  if (match === null) throw new RangeError('not an amount of money with at most two decimals');
  const [, sign = '', whole = '', fraction = ''] = match;
  const units = Number(whole + fraction.padEnd(2, '0'));
  return sign === '-' && units !== 0 ? -units : units;
}

/** `1230` → `'12.30'`, always two decimals. Throws `RangeError` for anything that is not a safe integer. */
export function fromMinorUnits(units: number): string {
  if (!Number.isSafeInteger(units)) throw new RangeError('minor units are whole numbers');
  const digits = String(Math.abs(units)).padStart(3, '0');
  return `${units < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** `1230` → `12.3`, the JSON number for the wire. Exact: the nearest double of a two-decimal amount prints as it. */
export function toWireAmount(units: number): number {
  return Number(fromMinorUnits(units));
}

/**
 * For `@Column('numeric', { precision: 12, scale: 2, transformer: minorUnitsTransformer })`: integer minor units in
 * the entity, `numeric(12,2)` in the table, NULL as `null`. Raw queries bypass it: use the functions above there.
 */
export const minorUnitsTransformer: ValueTransformer = {
  to: (units: unknown): string | null | undefined => {
    if (units === null || units === undefined) return units;
    if (typeof units !== 'number') throw new RangeError('minor units are whole numbers');
    return fromMinorUnits(units);
  },
  from: (amount: unknown): number | null => (typeof amount === 'string' ? toMinorUnits(amount) : null),
};
