import { eventually } from '@app/testing';
import { Logger } from '@nestjs/common';
import { TraceCollector } from '../../../../test/system/trace-collector';
import { SystemClock } from '../clock';
import { defineConfig } from '../config/define-config';
import { tracingConfig } from '../config/tracing-config';
import { openTracing } from './open-tracing';
import type { FinishedSpan } from './span';
import type { Tracing } from './tracing';

const PARENT = 'b7ad6b7169203331';
const load = defineConfig(tracingConfig());
const before = { ...process.env };

let collector: TraceCollector;
let tracing: Tracing;
let lines: string[];

/** The exporter reads its own variables from the environment of the process. */
async function open(more: Record<string, string> = {}): Promise<void> {
  Object.assign(process.env, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...more });
  tracing = await openTracing(load(), { name: 'order-service', version: '1.2.3' }, new SystemClock());
}

const span = (more: Partial<FinishedSpan> = {}): FinishedSpan => ({
  name: 'process order_created',
  kind: 'consumer',
  context: tracing.root(),
  startedAt: Date.UTC(2026, 0, 1),
  durationMs: 1.5,
  attributes: { 'kafka.offset': 7, 'messaging.system': 'kafka', 'app.ratio': 0.5, absent: undefined },
  ...more,
});

beforeEach(async () => {
  collector = await TraceCollector.start();
  lines = [];
  Logger.overrideLogger({
    log: (line: string) => void lines.push(line),
    warn: (line: string) => void lines.push(line),
    error: (line: string) => void lines.push(line),
  });
});

afterEach(async () => {
  await tracing.onApplicationShutdown();
  await collector.stop();
  process.env = { ...before };
});

describe('a span that is recorded', () => {
  it('reaches an OTLP collector as it was told of', async () => {
    await open({
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=k',
    });
    const link = tracing.root();
    const told = span({ parentSpanId: PARENT, links: [link], error: { type: 'TypeError' } });
    tracing.record(told);
    await eventually(() => expect(collector.spans).toHaveLength(1));
    const nanoseconds = BigInt(Date.UTC(2026, 0, 1)) * 1_000_000n;
    expect(collector.spans[0]).toEqual({
      service: 'order-service',
      name: 'process order_created',
      kind: 'consumer',
      traceId: told.context.slice(3, 35),
      spanId: told.context.slice(36, 52),
      parentSpanId: PARENT,
      start: nanoseconds,
      end: nanoseconds + 1_500_000n,
      attributes: {
        'kafka.offset': 7,
        'messaging.system': 'kafka',
        'app.ratio': 0.5,
        'error.type': 'TypeError',
      },
      resource: {
        'service.name': 'order-service',
        'service.version': '1.2.3',
        'deployment.environment.name': 'test',
      },
      failed: true,
      links: [link.slice(36, 52)],
    });
    expect(collector.headers[0]).toMatchObject({ 'api-key': 'k' });
  });

  it('has the name of the service that the environment gives', async () => {
    await open({ OTEL_RESOURCE_ATTRIBUTES: 'service.name=ignored', OTEL_SERVICE_NAME: 'shop' });
    tracing.record(span());
    await eventually(() => expect(collector.spans.map(({ service }) => service)).toEqual(['shop']));
  });

  it('is still sent when the process ends at once', async () => {
    await open();
    tracing.record(span());
    await tracing.onApplicationShutdown();
    expect(collector.spans).toHaveLength(1);
  });
});

describe('a collector that does not answer', () => {
  it('costs spans, which are counted, and neither memory nor time', async () => {
    collector.mood = 'hang';
    await open({ OTEL_EXPORTER_OTLP_TIMEOUT: '500' });
    const begun = performance.now();
    for (let n = 0; n < 5_000; n += 1) tracing.record(span());
    expect(tracing.droppedSpans).toBe(5_000 - 2_048);
    expect(performance.now() - begun).toBeLessThan(2_000);
    // What was waiting is lost too, batch by batch, as each runs into its time-out.
    await eventually(() => expect(tracing.droppedSpans).toBe(5_000), { timeoutMs: 30_000 });
    expect(lines).toEqual([expect.stringMatching(/^Spans cannot be exported, and are dropped: /)]);
    collector.mood = 'well';
    tracing.record(span());
    await eventually(() => expect(collector.spans).toHaveLength(1));
    expect(lines).toEqual([lines[0], expect.stringMatching(/^Spans are exported again after /)]);
  });

  it('holds up the end of the process for two seconds at the most', async () => {
    collector.mood = 'hang';
    await open();
    tracing.record(span());
    const begun = performance.now();
    await tracing.onApplicationShutdown();
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});

it('a collector that is away is told of in one line, however often it is asked', async () => {
  await open({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_EXPORTER_OTLP_TIMEOUT: '200' });
  for (let n = 1; n <= 3; n += 1) {
    tracing.record(span());
    await eventually(() => expect(tracing.droppedSpans).toBe(n), { timeoutMs: 20_000 });
  }
  expect(lines).toHaveLength(1);
});
