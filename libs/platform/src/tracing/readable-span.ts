import { isSampled, spanIdOf, traceIdOf } from '@app/cloudevents';
import {
  type Attributes,
  type HrTime,
  SpanKind,
  type SpanContext,
  SpanStatusCode,
  TraceFlags,
} from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { FinishedSpan } from './span';

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const satisfies Record<FinishedSpan['kind'], SpanKind>;

const SCOPE = { name: 'order-processing' };
const ATTRIBUTE_LENGTH = 256;

/**
 * A finished span as OpenTelemetry's processors and exporters take it. Made at once instead of through a tracer, whose spans are begun,
 * changed and ended: ours are known when they are over, their ids before that.
 */
export function readableSpan(span: FinishedSpan, resource: Resource): ReadableSpan {
  const context = spanContextOf(span.context);
  const { name, parentSpanId, startedAt, error, links = [] } = span;
  const durationMs = Math.max(0, span.durationMs);
  return {
    name,
    kind: KINDS[span.kind],
    spanContext: () => context,
    ...(parentSpanId !== undefined && { parentSpanContext: { ...context, spanId: parentSpanId } }),
    startTime: hrTime(startedAt),
    endTime: hrTime(startedAt + durationMs),
    duration: hrTime(durationMs),
    status: { code: error === undefined ? SpanStatusCode.UNSET : SpanStatusCode.ERROR },
    attributes: attributesOf(span),
    links: links.map((link) => ({ context: spanContextOf(link) })),
    events: [],
    ended: true,
    resource,
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function spanContextOf(traceparent: string): SpanContext {
  return {
    traceId: traceIdOf(traceparent),
    spanId: spanIdOf(traceparent),
    traceFlags: isSampled(traceparent) ? TraceFlags.SAMPLED : TraceFlags.NONE,
  };
}

function attributesOf({ attributes, error }: FinishedSpan): Attributes {
  const given: Attributes = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) given[name] = typeof value === 'string' ? value.slice(0, ATTRIBUTE_LENGTH) : value;
  }
  if (error !== undefined) given['error.type'] = error.type.slice(0, ATTRIBUTE_LENGTH);
  return given;
}

/** Seconds and nanoseconds. */
function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1e6)];
}
