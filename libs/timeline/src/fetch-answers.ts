import type {
  AllocationAnswer,
  Answers,
  FailedMessageAnswer,
  NotificationAnswer,
  OrderAnswer,
  OrderEventAnswer,
  PaymentAnswer,
  Truncated,
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
const PAGE_SIZE = 100;
/** Most pages of one list: an order has a handful of messages, and a thousand only when something has run wild. */
const MAX_PAGES = 10;

/** What is asked with: `fetch`, or what stands for it. */
export type Fetch = (url: string, init: { readonly signal: AbortSignal }) => Promise<Response>;

/**
 * Asks all services side by side; no question, with all its pages, takes longer than `timeoutMs`. Never rejects: who did not answer
 * is in `unanswered`, which list was not read to its end in `truncated`, and what the others know is there.
 */
export async function fetchAnswers(
  urls: ServiceUrls,
  orderId: string,
  timeoutMs: number,
  fetch: Fetch = globalThis.fetch,
): Promise<Answers> {
  const services = new Services(urls, timeoutMs, fetch);
  const ofOrder = `?order_id=${orderId}`;
  const failedOf = async (service: Name): Promise<[Name, FailedMessageAnswer[]]> => {
    const messages = await services.list<'failed_messages', FailedMessageAnswer>(
      service,
      `/failed-messages${ofOrder}`,
      'failed_messages',
    );
    return [service, messages.filter(({ status }) => !OVER.has(status))];
  };
  const [order, trail, payments, allocation, notifications, failed] = await Promise.all([
    services.ask<OrderAnswer>('order-service', `/orders/${orderId}`),
    services.ask<{ events: OrderEventAnswer[]; trace_id?: string | null }>(
      'order-service',
      `/orders/${orderId}/events`,
    ),
    services.ask<{ payments: PaymentAnswer[] }>('payment-service', `/payments${ofOrder}`),
    services.ask<AllocationAnswer>('inventory-service', `/allocations/${orderId}`),
    services.list<'notifications', NotificationAnswer>(
      'notification-service',
      `/notifications${ofOrder}`,
      'notifications',
    ),
    Promise.all((Object.keys(urls) as Name[]).map(failedOf)),
  ]);
  return {
    order: order ?? null,
    trail: trail?.events ?? [],
    traceId: trail?.trace_id ?? null,
    payment: payments?.payments[0] ?? null,
    allocation: allocation ?? null,
    notifications,
    failed: Object.fromEntries(failed),
    truncated: services.truncated,
    unanswered: [...services.unanswered].map(([service, why]) => ({ service, why })),
  };
}

/** A page of a list, whose items are under the name of the list. */
type Page<List extends string, Item> = { readonly [Name in List]: readonly Item[] } & {
  /** Null on the last page. */
  readonly next_cursor: string | null;
};

class Services {
  /** Why, by service. */
  readonly unanswered = new Map<string, string>();
  readonly truncated: Truncated[] = [];

  constructor(
    private readonly urls: ServiceUrls,
    private readonly timeoutMs: number,
    private readonly fetch: Fetch,
  ) {}

  /** The answer; undefined when there is none of that name, none for this caller, or none at all. */
  async ask<Body>(
    service: Name,
    path: string,
    signal = AbortSignal.timeout(this.timeoutMs),
  ): Promise<Body | undefined> {
    try {
      const response = await this.fetch(`${this.urls[service]}${path}`, { signal });
      // What the caller may not see is to them as if there were none.
      if (response.status === 404 || response.status === 403) return undefined;
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      return (await response.json()) as Body;
    } catch (error) {
      this.unanswered.set(service, signal.aborted ? `no answer in ${this.timeoutMs / 1_000} s` : causeOf(error));
      return undefined;
    }
  }

  /** All items of a list, up to {@link MAX_PAGES}; those of the pages before one that did not come. */
  async list<List extends string, Item>(service: Name, path: string, list: List): Promise<Item[]> {
    const signal = AbortSignal.timeout(this.timeoutMs);
    const items: Item[] = [];
    let cursor = '';
    for (let pages = 0; pages < MAX_PAGES; pages += 1) {
      const page = await this.ask<Page<List, Item>>(service, `${path}&limit=${PAGE_SIZE}${cursor}`, signal);
      if (page === undefined) return items;
      items.push(...page[list]);
      if (page.next_cursor === null) return items;
      cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`;
    }
    this.truncated.push({ service, what: list.replace('_', ' '), shown: items.length });
    return items;
  }
}

/** `fetch` says only that it failed; why is in its cause. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
