import { type HrTime, SpanKind } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { asError } from '../errors/message-of';

type Done = (result: ExportResult) => void;

const KINDS: Partial<Record<SpanKind, string>> = {
  [SpanKind.SERVER]: 'SERVER',
  [SpanKind.CLIENT]: 'CLIENT',
  [SpanKind.PRODUCER]: 'PRODUCER',
  [SpanKind.CONSUMER]: 'CONSUMER',
};
/** Who is at the other end, by the first of these that a span has. */
const REMOTE = ['server.service.name', 'messaging.system', 'db.system.name'];

/**
 * Posts spans to Zipkin as its version 2 JSON, translated as OpenTelemetry specifies. OpenTelemetry's own exporter is no longer
 * developed, and has no time-out. Zipkin knows no links.
 */
export class ZipkinExporter implements SpanExporter {
  constructor(
    private readonly url: string,
    private readonly timeoutMs: number,
  ) {}

  export(spans: ReadableSpan[], done: Done): void {
    this.post(JSON.stringify(spans.map(zipkinSpan))).then(
      () => done({ code: ExportResultCode.SUCCESS }),
      (error: unknown) => done({ code: ExportResultCode.FAILED, error: asError(error) }),
    );
  }

  async shutdown(): Promise<void> {
    // Nothing is kept open.
  }

  private async post(body: string): Promise<void> {
    const answer = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(this.timeoutMs),
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new Error(`Zipkin answered with status ${answer.status}`);
  }
}

/** As in https://zipkin.io/zipkin-api/zipkin2-api.yaml; times in microseconds. */
function zipkinSpan(span: ReadableSpan) {
  const { attributes, resource } = span;
  const { traceId, spanId } = span.spanContext();
  const remote = REMOTE.find((name) => attributes[name] !== undefined);
  return {
    traceId,
    id: spanId,
    parentId: span.parentSpanContext?.spanId,
    name: span.name,
    kind: KINDS[span.kind],
    timestamp: microseconds(span.startTime),
    // Zipkin takes 0 for "not known".
    duration: Math.max(1, microseconds(span.duration)),
    localEndpoint: { serviceName: String(resource.attributes['service.name']) },
    ...(remote !== undefined && { remoteEndpoint: { serviceName: String(attributes[remote]) } }),
    tags: tagsOf(span),
  };
}

function tagsOf({ attributes }: ReadableSpan): Record<string, string> {
  const tags = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, String(value)]));
  // What Zipkin marks in red.
  return tags['error.type'] === undefined ? tags : { ...tags, error: tags['error.type'] };
}

function microseconds([seconds, nanoseconds]: HrTime): number {
  return seconds * 1e6 + Math.round(nanoseconds / 1_000);
}
