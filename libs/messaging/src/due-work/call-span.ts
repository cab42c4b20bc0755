import { type Cause, spanIdOf } from '@app/cloudevents';
import { type LogContext, runWithLogContext, type SpanAttributes, type Tracing } from '@app/platform';

/** How a call to the outside is shown in a trace. */
export interface CallDescription {
  /** Low in cardinality: `authorize payment`. */
  readonly name: string;
  readonly attributes: SpanAttributes;
  /** Set when it failed: a class of errors, never a text. */
  readonly error?: { readonly type: string } | undefined;
}

/** What a call belongs to. */
export interface CallOrigin {
  readonly orderId: string;
  readonly cause?: Cause | undefined;
}

/**
 * Makes a call in the log context of the order that needs it, and tells of it in the order's trace, when that is sampled.
 * @param call whatever it throws is an outcome already.
 * @param describe undefined of what is not to be shown.
 */
export async function inCallSpan<Outcome>(
  tracing: Tracing,
  { orderId, cause }: CallOrigin,
  call: () => Promise<Outcome>,
  describe: (outcome: Outcome) => CallDescription | undefined,
): Promise<Outcome> {
  const parent = cause?.traceparent;
  if (!tracing.records(parent)) return runWithLogContext(logContextOf(orderId, cause, parent), call);
  const context = tracing.below(parent);
  const stopwatch = tracing.stopwatch();
  const outcome = await runWithLogContext(logContextOf(orderId, cause, context), call);
  const { startedAt, durationMs } = stopwatch;
  const description = describe(outcome);
  const span = { kind: 'client', context, parentSpanId: spanIdOf(parent), startedAt, durationMs } as const;
  if (description !== undefined) tracing.record({ ...span, ...description });
  return outcome;
}

function logContextOf(orderId: string, cause: Cause | undefined, traceparent: string | undefined): LogContext {
  return {
    orderId,
    ...(cause?.correlationId !== undefined && { correlationId: cause.correlationId }),
    ...(cause?.causationId !== undefined && { eventId: cause.causationId }),
    ...(traceparent !== undefined && { traceparent }),
  };
}
