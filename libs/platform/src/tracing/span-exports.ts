import { Logger } from '@nestjs/common';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { detectResources, envDetector, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace';
import { sleep } from '../async/sleep';
import type { TracingConfig } from '../config/tracing-config';
import { Outage } from '../logging/outage';
import type { ServiceInfo } from '../service-info';
import type { ExportTarget } from './export-target';
import { readableSpan } from './readable-span';
import type { FinishedSpan } from './span';
import type { SpanSink } from './tracing';
import { ZipkinExporter } from './zipkin-exporter';

/** Spans in memory at most, waiting or on their way: some 2 MiB. */
const MOST_SPANS = 2_048;
const EVERY_MS = 1_000;
/** How long a process that stops waits for a collector. */
const GOODBYE_MS = 2_000;

/**
 * Sends spans in batches, one every second. What the collector does not take, and what there is no room for meanwhile, is dropped and
 * counted; a collector that is away is told of in one line a minute. Loaded only where traces are exported.
 */
export class SpanExports implements SpanSink {
  private readonly processor: BatchSpanProcessor;
  private readonly outage = new Outage(new Logger('Tracing'), {
    failing: 'Spans cannot be exported, and are dropped',
    working: 'Spans are exported again',
  });
  private unsent = 0;
  private lost = 0;

  constructor(
    exporter: SpanExporter,
    private readonly resource: Resource,
    exportTimeoutMillis: number,
  ) {
    this.processor = new BatchSpanProcessor({
      exporter: {
        export: (spans, done) => exporter.export(spans, (result) => done(this.exported(spans, result))),
        shutdown: () => exporter.shutdown(),
      },
      maxQueueSize: MOST_SPANS,
      scheduledDelayMillis: EVERY_MS,
      // Behind the exporter's own, which ends the request.
      exportTimeoutMillis: exportTimeoutMillis + 1_000,
    });
  }

  static to({ protocol, zipkinUrl }: ExportTarget, config: TracingConfig, service: ServiceInfo): SpanExports {
    const timeoutMs = config.otelExporterOtlpTimeout;
    // Its address and headers it reads from the standard variables itself.
    const exporter = protocol === 'otlp' ? new OTLPTraceExporter() : new ZipkinExporter(zipkinUrl, timeoutMs);
    return new SpanExports(exporter, resourceOf(config, service), timeoutMs);
  }

  get dropped(): number {
    return this.lost;
  }

  add(span: FinishedSpan): void {
    if (this.unsent >= MOST_SPANS) {
      this.lost += 1;
      return;
    }
    this.unsent += 1;
    this.processor.onEnd(readableSpan(span, this.resource));
  }

  async close(): Promise<void> {
    await Promise.race([this.processor.shutdown().catch(() => undefined), sleep(GOODBYE_MS)]);
  }

  private exported(spans: readonly ReadableSpan[], result: ExportResult): ExportResult {
    this.unsent -= spans.length;
    if (result.code === ExportResultCode.SUCCESS) {
      this.outage.ended();
      return result;
    }
    this.lost += spans.length;
    this.outage.failed(result.error ?? 'no reason given', { dropped_spans: this.lost });
    return result;
  }
}

/** Who exports: the service, unless the standard variables say more, or something else. */
function resourceOf({ otelServiceName }: TracingConfig, { name, version }: ServiceInfo): Resource {
  const own = resourceFromAttributes({ 'service.name': name, 'service.version': version ?? 'dev' });
  const merged = own.merge(detectResources({ detectors: [envDetector] }));
  return otelServiceName === undefined
    ? merged
    : merged.merge(resourceFromAttributes({ 'service.name': otelServiceName }));
}
