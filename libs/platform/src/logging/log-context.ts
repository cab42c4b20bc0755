import { AsyncLocalStorage } from 'node:async_hooks';

/** What every log line written inside `runWithLogContext` carries, as `order_id`, `event_id` and so on. */
export interface LogContext {
  readonly orderId?: string;
  readonly eventId?: string;
  readonly correlationId?: string;
  readonly requestId?: string;
  /** W3C trace context of what is being done; the log has its trace id and span id. Whoever calls others passes it on. */
  readonly traceparent?: string;
}

const storage = new AsyncLocalStorage<LogContext>();

/**
 * Runs `fn` and everything it awaits with `context` laid over the surrounding one (a key that is absent keeps the
 * outer value). Returns what `fn` returns and throws what it throws.
 */
export function runWithLogContext<T>(context: LogContext, fn: () => T): T {
  return storage.run({ ...storage.getStore(), ...context }, fn);
}

/** The context of the running code, `{}` outside of any. */
export function currentLogContext(): LogContext {
  return storage.getStore() ?? {};
}
