import { isSampled, readTrace, spanIdOf, type Trace, traceIdOf, traceparentOf } from '@app/cloudevents';
import type { OnApplicationShutdown } from '@nestjs/common';
import { type Clock, SystemClock } from '../clock';
import type { TracePurpose, TraceSampler } from './sampler';
import type { FinishedSpan } from './span';
import { newSpanId, newTraceId } from './trace-ids';

/** Where finished spans go. */
export interface SpanSink {
  /** Never waits and never throws. */
  add(span: FinishedSpan): void;
  /** Spans that were lost: for want of room, or because the collector did not take them. */
  readonly dropped: number;
  /** Sends what is there, for a moment at the most; never rejects. */
  close(): Promise<void>;
}

/** Headers of a request. Node.js joins a repeated `tracestate`; of a `traceparent` there may be one. */
export interface TraceHeaders {
  readonly traceparent?: string | string[] | undefined;
  readonly tracestate?: string | string[] | undefined;
}

/** Where a trace enters this process: its context here, and the caller's span. */
export interface EnteredTrace extends Trace {
  readonly traceparent: string;
  readonly parentSpanId?: string;
}

/** When a span began, by the clock that all services have in common, and how long it takes, by one that cannot be set. */
export class Stopwatch {
  private readonly begun = performance.now();

  /** @param startedAt milliseconds since the epoch. */
  constructor(readonly startedAt: number) {}

  /** So far, in milliseconds. */
  get durationMs(): number {
    return performance.now() - this.begun;
  }
}

/**
 * The traces of a process. Contexts are handed on whether anything is recorded or not; spans are told of when they are over, and only
 * those of a sampled trace are kept. `Tracing.off` hands on contexts and records nothing.
 */
export class Tracing implements OnApplicationShutdown {
  static readonly off = new Tracing(new SystemClock());

  constructor(
    private readonly clock: Clock,
    private readonly sampler?: TraceSampler,
    private readonly sink?: SpanSink,
  ) {}

  /** Whether this process records spans at all. */
  get isOn(): boolean {
    return this.sink !== undefined;
  }

  /** Spans that were to be exported and are lost, since the process began. */
  get droppedSpans(): number {
    return this.sink?.dropped ?? 0;
  }

  /**
   * The context of a request: the caller's trace, if its header `traceparent` is valid (with its `tracestate`), else a new one; in both cases with a new span id,
   * and with our own decision whether it is sampled. Without a recorder the caller's decision is handed on.
   */
  enter(headers: TraceHeaders, purpose: TracePurpose): EnteredTrace {
    const { traceparent: parent, tracestate } = readTrace(textOf(headers.traceparent), textOf(headers.tracestate));
    const traceId = parent === undefined ? newTraceId() : traceIdOf(parent);
    const parentSampled = parent === undefined ? undefined : isSampled(parent);
    const sampled = this.sampler?.isSampled({ traceId, parentSampled, purpose }) ?? parentSampled ?? false;
    const traceparent = traceparentOf(traceId, newSpanId(), sampled);
    if (parent === undefined) return { traceparent };
    return { traceparent, parentSpanId: spanIdOf(parent), ...(tracestate !== undefined && { tracestate }) };
  }

  /** Whether spans of this trace are to be told of: asked first, so that nothing is prepared for nobody. */
  records(traceparent: string | undefined): traceparent is string {
    return this.sink !== undefined && isSampled(traceparent);
  }

  /** The context of a span below that of `parent`. */
  below(parent: string): string {
    return traceparentOf(traceIdOf(parent), newSpanId(), isSampled(parent));
  }

  /** The context of a span that is recorded and begins a trace of its own. */
  root(): string {
    return traceparentOf(newTraceId(), newSpanId(), true);
  }

  /** Starts to measure a span. */
  stopwatch(): Stopwatch {
    return new Stopwatch(this.clock.now().getTime());
  }

  /** Takes a span to be exported. Never waits and never throws; without room it is dropped and counted. */
  record(span: FinishedSpan): void {
    this.sink?.add(span);
  }

  /** The last spans are those of the shutdown itself. */
  async onApplicationShutdown(): Promise<void> {
    await this.sink?.close();
  }
}

function textOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}
