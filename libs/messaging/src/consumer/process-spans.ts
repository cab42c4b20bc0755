import { type EventEnvelope, spanIdOf } from '@app/cloudevents';
import { asError, type FinishedSpan, type SpanAttributes, type Stopwatch, Tracing } from '@app/platform';
import { Injectable, Optional } from '@nestjs/common';
import { MessagingOptions } from '../messaging-options';
import type { ConsumedRecord } from '../record/consumed-record';
import type { UnitOfWork } from '../unit-of-work/unit-of-work';

/** A message on its way through a handler. */
export interface Handled {
  readonly record: ConsumedRecord;
  readonly event: EventEnvelope;
}

/** Spans of messages that are handled together, `process order_created`: each a child of the span that sent the message. */
@Injectable()
export class ProcessSpans {
  constructor(
    private readonly options: MessagingOptions,
    @Optional() private readonly tracing: Tracing = Tracing.off,
  ) {}

  /**
   * To be called before work on messages begins.
   * @param more attributes of all of them.
   * @returns undefined when none of them is part of a sampled trace: all others cost this look only.
   */
  begin(records: readonly ConsumedRecord[], more: SpanAttributes = {}): BatchSpans | undefined {
    const { tracing } = this;
    if (!tracing.isOn || !records.some((record) => tracing.records(contextOf(record)))) return undefined;
    return new BatchSpans(tracing, records, { 'messaging.consumer.group.name': this.options.service, ...more });
  }
}

/** Of one attempt to handle messages in one transaction. */
export class BatchSpans {
  private readonly stopwatch: Stopwatch;

  constructor(
    private readonly tracing: Tracing,
    private readonly records: readonly ConsumedRecord[],
    private readonly attributes: SpanAttributes,
  ) {
    this.stopwatch = tracing.stopwatch();
  }

  /**
   * The events as their handlers are to see them: what follows from one is caused by the span that handles it. The spans are told of
   * once the transaction is committed.
   */
  enter(unitOfWork: UnitOfWork, handled: readonly Handled[]): EventEnvelope[] {
    const spans: FinishedSpan[] = [];
    const batch = handled.length > 1 ? this.tracing.root() : undefined;
    const events = handled.map(({ record, event }) => {
      const { traceparent } = event.cause;
      if (!this.tracing.records(traceparent)) return event;
      const context = this.tracing.below(traceparent);
      const links = batch === undefined ? [] : [batch];
      spans.push({ ...this.spanOf(record, event), context, parentSpanId: spanIdOf(traceparent), links });
      return { ...event, cause: { ...event.cause, traceparent: context } };
    });
    unitOfWork.afterCommit(() => {
      const { durationMs } = this.stopwatch;
      for (const span of spans) this.tracing.record({ ...span, durationMs });
      if (batch !== undefined && spans.length > 0) this.recordBatch(batch, handled.length, spans, durationMs);
    });
    return events;
  }

  /** It came to nothing. Of several messages it is not known which one is the reason: they are tried again in smaller sets. */
  failed(error: unknown): void {
    const [record] = this.records;
    if (this.records.length > 1 || record?.decoded.ok !== true) return;
    const { event } = record.decoded;
    const { traceparent } = event.cause;
    if (!this.tracing.records(traceparent)) return;
    this.tracing.record({
      ...this.spanOf(record, event),
      context: this.tracing.below(traceparent),
      parentSpanId: spanIdOf(traceparent),
      durationMs: this.stopwatch.durationMs,
      error: { type: asError(error).constructor.name },
    });
  }

  private spanOf(record: ConsumedRecord, event: EventEnvelope): Omit<FinishedSpan, 'context'> {
    return {
      name: `process ${record.topic}`,
      kind: 'consumer',
      startedAt: this.stopwatch.startedAt,
      durationMs: 0,
      attributes: {
        ...this.common,
        'messaging.destination.name': record.topic,
        'messaging.destination.partition.id': String(record.partition),
        'kafka.offset': Number(record.offset),
        'kafka.message.key': event.orderId,
        'messaging.message.id': event.id,
        // The conventions keep theirs to spans that are of all of them.
        ...(this.records.length > 1 && { 'app.batch.message_count': this.records.length }),
      },
    };
  }

  /** What they had in common has a trace of its own: it is part of no order's. */
  private recordBatch(context: string, count: number, spans: readonly FinishedSpan[], durationMs: number): void {
    this.tracing.record({
      name: 'process batch',
      kind: 'consumer',
      context,
      startedAt: this.stopwatch.startedAt,
      durationMs,
      links: spans.map((span) => span.context),
      attributes: { ...this.common, 'messaging.batch.message_count': count },
    });
  }

  private get common(): SpanAttributes {
    return {
      'messaging.system': 'kafka',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      ...this.attributes,
    };
  }
}

/** As {@link BatchSpans.enter}; the events as they are when nothing is recorded. */
export function entered(
  spans: BatchSpans | undefined,
  unitOfWork: UnitOfWork,
  handled: readonly Handled[],
): EventEnvelope[] {
  return spans === undefined ? handled.map(({ event }) => event) : spans.enter(unitOfWork, handled);
}

function contextOf({ decoded }: ConsumedRecord): string | undefined {
  return decoded.ok ? decoded.event.cause.traceparent : undefined;
}
