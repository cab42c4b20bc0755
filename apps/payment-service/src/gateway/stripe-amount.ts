import { minorUnitsOf, type MinorUnits } from '@app/events';

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

/** The inverse of {@link stripeAmount}, for what Stripe says; `currency` in either case. A tenth of a hundredth is rounded off. */
export function fromStripeAmount(amount: number, currency: string): MinorUnits {
  const code = currency.toUpperCase();
  if (THREE_DECIMAL.has(code)) return minorUnitsOf(Math.round(amount / 10));
  return minorUnitsOf(ZERO_DECIMAL.has(code) ? amount * 100 : amount);
}
