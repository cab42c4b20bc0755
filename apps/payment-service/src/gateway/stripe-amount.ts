import type { MinorUnits } from '@app/events';

/** Amounts of these are given in whole units. UGX and ISK have no cents either, but Stripe wants them with two decimals. */
const ZERO_DECIMAL = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '));
const THREE_DECIMAL = new Set('BHD JOD KWD OMR TND'.split(' '));

/** Our hundredths in the smallest unit of the currency, as Stripe counts. @throws RangeError when the currency has no such amount. */
export function stripeAmount(amount: MinorUnits, currency: string): number {
  if (THREE_DECIMAL.has(currency)) return amount * 10;
  if (!ZERO_DECIMAL.has(currency)) return amount;
  if (amount % 100 !== 0) throw new RangeError(`${currency} has no fractions`);
  return amount / 100;
}
