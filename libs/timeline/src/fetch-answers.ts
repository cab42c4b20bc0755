import type {
  AllocationAnswer,
  Answers,
  FailedMessageAnswer,
  NotificationAnswer,
  OrderAnswer,
  OrderEventAnswer,
  PaymentAnswer,
} from './answers';

/** Base URLs. */
export interface ServiceUrls {
  readonly 'order-service': string;
  readonly 'payment-service': string;
  readonly 'inventory-service': string;
  readonly 'notification-service': string;
}

type Name = keyof ServiceUrls;

/** Handled and discarded messages hold up nothing. */
const OVER = new Set(['resolved', 'discarded']);
const MOST = 100;

/** What is asked with: `fetch`, or what stands for it. */
export type Fetch = (url: string, init: { readonly signal: AbortSignal }) => Promise<Response>;

/**
 * Asks all services side by side; no question takes longer than `timeoutMs`. Never rejects: who did not answer is in
 * `unanswered`, and what the others know is there.
 */
export async function fetchAnswers(
  urls: ServiceUrls,
  orderId: string,
  timeoutMs: number,
  fetch: Fetch = globalThis.fetch,
): Promise<Answers> {
  const unanswered = new Map<string, string>();
  /** The answer; undefined when there is none of that name. */
  const ask = async <Body>(service: Name, path: string): Promise<Body | undefined> => {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(`${urls[service]}${path}`, { signal });
      if (response.status === 404) return undefined;
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      return (await response.json()) as Body;
    } catch (error) {
      const why = signal.aborted ? `no answer in ${timeoutMs / 1_000} s` : causeOf(error);
      unanswered.set(service, why);
      return undefined;
    }
  };
  const failedOf = async (service: Name): Promise<[Name, FailedMessageAnswer[]]> => {
    const path = `/failed-messages?order_id=${orderId}&limit=${MOST}`;
    const page = await ask<{ failed_messages: FailedMessageAnswer[] }>(service, path);
    return [service, (page?.failed_messages ?? []).filter(({ status }) => !OVER.has(status))];
  };
  const names = Object.keys(urls) as Name[];
  const [order, trail, payments, allocation, notifications, failed] = await Promise.all([
    ask<OrderAnswer>('order-service', `/orders/${orderId}`),
    ask<{ events: OrderEventAnswer[]; trace_id?: string | null }>('order-service', `/orders/${orderId}/events`),
    ask<{ payments: PaymentAnswer[] }>('payment-service', `/payments?order_id=${orderId}`),
    ask<AllocationAnswer>('inventory-service', `/allocations/${orderId}`),
    ask<{ notifications: NotificationAnswer[] }>(
      'notification-service',
      `/notifications?order_id=${orderId}&limit=${MOST}`,
    ),
    Promise.all(names.map(failedOf)),
  ]);
  return {
    order: order ?? null,
    trail: trail?.events ?? [],
    traceId: trail?.trace_id ?? null,
    payment: payments?.payments[0] ?? null,
    allocation: allocation ?? null,
    notifications: notifications?.notifications ?? [],
    failed: Object.fromEntries(failed),
    unanswered: [...unanswered].map(([service, why]) => ({ service, why })),
  };
}

/** `fetch` says only that it failed; why is in its cause. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
