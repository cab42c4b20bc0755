/** What was open at one moment of a load. */
export interface BacklogSample {
  /** Seconds since the load began. */
  readonly at: number;
  /** Orders that are due and neither confirmed nor refused: not answered yet, or waiting anywhere in the system. */
  readonly orders: number;
  /** Notifications not yet sent, of which the order has got as far as that. */
  readonly notifications: number;
}

export interface ObservedLoad {
  /** Orders offered per second. */
  readonly rate: number;
  readonly seconds: number;
  readonly refused: number;
  /** Orders confirmed per second between the ramp and the end of the load. */
  readonly confirmedPerSecond: number;
  readonly backlog: readonly BacklogSample[];
}

const CONFIRMED_SHARE = 0.97;
/** In seconds of load. */
const MOST_GROWTH = 0.5;
/** Received, paid, confirmed. */
export const NOTIFICATIONS_AN_ORDER = 3;

/** Not counted at the beginning of a load: at first all that is offered is in the pipeline and nothing comes out. */
export function rampSeconds(seconds: number): number {
  return Math.min(5, seconds / 4);
}

/**
 * Why a load is more than the system sustains; an empty list when it sustains it. A rate is sustained when
 *
 * - no order was refused or went without an answer,
 * - after the ramp at least 97 % of what was offered was confirmed while the load lasted, not afterwards, and
 * - in the second half neither the orders nor the notifications to go grow: the line through the samples, one a second, rises
 *   by no more than half a second of load from the middle to the end, or by no more than the samples' scatter explains (two
 *   standard errors of its slope). A backlog is never empty, it comes and goes with batches, and what matters is not how
 *   long it is but that it stays so.
 */
export function reasonsNotSustained({ rate, seconds, refused, confirmedPerSecond, backlog }: ObservedLoad): string[] {
  const reasons: string[] = [];
  if (refused > 0) reasons.push(`${refused} orders were refused or not answered`);
  if (confirmedPerSecond < CONFIRMED_SHARE * rate) reasons.push(`${confirmedPerSecond.toFixed(1)}/s were confirmed`);
  const half = backlog.filter(({ at }) => at >= seconds / 2 && at <= seconds);
  const orders = growth(half.map(({ at, orders: open }) => [at, open]));
  if (exceeds(orders, seconds / 2, rate)) reasons.push(`open orders grew by ${orders.perSecond.toFixed(1)}/s`);
  const notifications = growth(half.map(({ at, notifications: open }) => [at, open]));
  if (exceeds(notifications, seconds / 2, rate * NOTIFICATIONS_AN_ORDER)) {
    reasons.push(`notifications to go grew by ${notifications.perSecond.toFixed(1)}/s`);
  }
  return reasons;
}

function exceeds({ perSecond, error }: Growth, seconds: number, rate: number): boolean {
  return perSecond * seconds > MOST_GROWTH * rate && perSecond > 2 * error;
}

export interface Growth {
  /** Slope of the line of least squares. */
  readonly perSecond: number;
  /** Its standard error. */
  readonly error: number;
}

/** Of pairs of time and value. Fewer than three say nothing about scatter: their growth is 0. */
export function growth(points: readonly (readonly [number, number])[]): Growth {
  if (points.length < 3) return { perSecond: 0, error: 0 };
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(([at]) => at)), mean(points.map(([, value]) => value))];
  const spread = points.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
  const perSecond = points.reduce((sum, [at, value]) => sum + (at - x) * (value - y), 0) / spread;
  const residue = points.reduce((sum, [at, value]) => sum + (value - y - perSecond * (at - x)) ** 2, 0);
  return { perSecond, error: Math.sqrt(residue / (points.length - 2) / spread) };
}
