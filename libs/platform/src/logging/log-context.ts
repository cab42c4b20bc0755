import type { Trace } from '@app/cloudevents';
import { AsyncLocalStorage } from 'node:async_hooks';

/** What every log line written inside `runWithLogContext` carries, as `order_id`, `event_id` and so on; of the trace its id and the span's. */
export interface LogContext extends Trace {
  readonly orderId?: string;
  readonly eventId?: string;
  readonly correlationId?: string;
  readonly requestId?: string;
}

const storage = new AsyncLocalStorage<LogContext>();

/**
 * Runs `fn` and everything it awaits with `context` laid over the surrounding one (a key that is absent keeps the
 * outer value). Returns what `fn` returns and throws what it throws.
 */
export function runWithLogContext<T>(context: LogContext, fn: () => T): T {
  return storage.run({ ...storage.getStore(), ...context }, fn);
}

/** The trace of the running code, to be handed on to whatever it causes. */
export function currentTrace(): Trace {
  const { traceparent, tracestate } = currentLogContext();
  if (traceparent === undefined) return {};
  return tracestate === undefined ? { traceparent } : { traceparent, tracestate };
}

/** The context of the running code, `{}` outside of any. */
export function currentLogContext(): LogContext {
  return storage.getStore() ?? {};
}
