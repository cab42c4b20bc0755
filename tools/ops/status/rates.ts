import type { ServiceName } from '../../stack/service-names.ts';
import type { Status } from './status.ts';

/** What happened between two looks; what could not be seen at both is absent. */
export interface Rates {
  /** Orders placed a second. */
  readonly orders?: number;
  readonly services: ReadonlyMap<ServiceName, ServiceRates>;
}

export interface ServiceRates {
  /** Events handled a second. */
  readonly handled: number;
  /** Records by which the lag has grown; below zero when it has shrunk. */
  readonly lagChange: number;
}

/** @param seconds between the two looks */
export function ratesBetween(before: Status, after: Status, seconds: number): Rates {
  const orders = placed(after) - placed(before);
  const services = after.health.flatMap(({ service }) => {
    const [then, now] = [totals(before, service), totals(after, service)];
    if (then === undefined || now === undefined) return [];
    const rates = { handled: Math.max(0, now.handled - then.handled) / seconds, lagChange: now.lag - then.lag };
    return [[service, rates] as const];
  });
  return { ...(Number.isNaN(orders) ? {} : { orders: orders / seconds }), services: new Map(services) };
}

function placed({ work }: Status): number {
  return work === undefined ? NaN : Object.values(work.ordersByState).reduce((sum, count) => sum + count, 0);
}

function totals({ lag }: Status, service: ServiceName): { lag: number; handled: number } | undefined {
  const own = lag?.filter((entry) => entry.service === service);
  return (
    own &&
    own.reduce((sum, one) => ({ lag: sum.lag + one.records, handled: sum.handled + one.handled }), {
      lag: 0,
      handled: 0,
    })
  );
}
