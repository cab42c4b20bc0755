/** Who asks whom, in OpenTelemetry's words. */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** Named as in OpenTelemetry's semantic conventions. Nothing personal and no secret: they leave the system. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A piece of work that is over, with what there is to tell of it. */
export interface FinishedSpan {
  /** Low in cardinality: no id of anything is part of it. */
  readonly name: string;
  readonly kind: SpanKind;
  /** Its own trace and span id, as a W3C traceparent. */
  readonly context: string;
  /** The span it is part of or follows from, 16 hexadecimal digits; absent at the root of a trace. */
  readonly parentSpanId?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Milliseconds, with fractions. */
  readonly durationMs: number;
  readonly attributes: SpanAttributes;
  /** Contexts of other spans it has to do with. */
  readonly links?: readonly string[];
  /** Of a span that failed. `type`: an HTTP status, or the class of an error; never its text, which may quote anything. */
  readonly error?: { readonly type: string } | undefined;
}
