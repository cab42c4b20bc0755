import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { protobufFields } from './protobuf.ts';

/** A span as it has come over the wire. */
export interface CollectedSpan {
  readonly service: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined at the root. */
  readonly parentSpanId: string | undefined;
  /** Nanoseconds since the epoch. */
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly resource: Readonly<Record<string, string | number | boolean>>;
  readonly failed: boolean;
  /** Span ids. */
  readonly links: readonly string[];
}

/** How the collector answers. `hang`: it takes a request and never answers. */
export type CollectorMood = 'well' | 'unavailable' | 'hang';

const KINDS = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const STATUS_ERROR = 2n;

/**
 * A collector that takes traces by OTLP over HTTP, protobuf, as the field numbers of opentelemetry-proto's `trace.proto` say. It shares
 * no code with the exporter.
 */
export class TraceCollector {
  readonly spans: CollectedSpan[] = [];
  /** As they came, to look for what must not be in them. */
  readonly bodies: Buffer[] = [];
  readonly headers: IncomingMessage['headers'][] = [];
  requests = 0;
  mood: CollectorMood = 'well';
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      this.take(request, response).catch((error: unknown) => response.writeHead(400).end(String(error)));
    });
  }

  static async start(): Promise<TraceCollector> {
    const collector = new TraceCollector();
    collector.server.listen(0, '127.0.0.1');
    await once(collector.server, 'listening');
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What a service is told to send its traces here. */
  get env(): Record<string, string> {
    return { OTEL_EXPORTER_OTLP_ENDPOINT: this.url, TRACES_PER_SECOND: '1000' };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  /** Without copies: a record that is sent twice, because a process was killed before it knew that Kafka has it, has one span. */
  of(traceId: string): CollectedSpan[] {
    const spans = this.spans.filter((span) => span.traceId === traceId);
    return [...new Map(spans.map((span) => [span.spanId, span])).values()];
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    if (this.mood === 'hang') return;
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (this.mood === 'unavailable') return void response.writeHead(503).end();
    if (request.url !== '/v1/traces') return void response.writeHead(404).end();
    if (request.headers['content-type'] !== 'application/x-protobuf') return void response.writeHead(415).end();
    const raw = Buffer.concat(parts);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
    this.spans.push(...spansIn(body));
    this.bodies.push(body);
    this.headers.push(request.headers);
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  }
}

function spansIn(body: Buffer): CollectedSpan[] {
  return messages(body, 1).flatMap((resourceSpans) => {
    const resource = attributesIn(messages(resourceSpans, 1)[0] ?? Buffer.alloc(0), 1);
    return messages(resourceSpans, 2).flatMap((scope) => messages(scope, 2).map((span) => spanIn(span, resource)));
  });
}

function spanIn(bytes: Buffer, resource: CollectedSpan['resource']): CollectedSpan {
  const [status] = messages(bytes, 15);
  const parent = hex(bytes, 4);
  return {
    service: String(resource['service.name']),
    name: text(bytes, 5),
    kind: KINDS[Number(number(bytes, 6))] ?? 'internal',
    traceId: hex(bytes, 1),
    spanId: hex(bytes, 2),
    parentSpanId: parent === '' ? undefined : parent,
    start: number(bytes, 7),
    end: number(bytes, 8),
    attributes: attributesIn(bytes, 9),
    resource,
    failed: status !== undefined && number(status, 3) === STATUS_ERROR,
    links: messages(bytes, 13).map((link) => hex(link, 2)),
  };
}

function attributesIn(bytes: Buffer, field: number): Record<string, string | number | boolean> {
  return Object.fromEntries(
    messages(bytes, field).map((pair) => [text(pair, 1), valueIn(messages(pair, 2)[0] ?? Buffer.alloc(0))]),
  );
}

function valueIn(bytes: Buffer): string | number | boolean {
  const fields = protobufFields(bytes);
  if (fields.has(2)) return number(bytes, 2) === 1n;
  if (fields.has(3)) return Number(number(bytes, 3));
  if (fields.has(4)) {
    const double = Buffer.alloc(8);
    double.writeBigUInt64LE(number(bytes, 4));
    return double.readDoubleLE();
  }
  return text(bytes, 1);
}

function messages(bytes: Buffer, field: number): Buffer[] {
  return (protobufFields(bytes).get(field) ?? []).filter((value) => Buffer.isBuffer(value));
}

function text(bytes: Buffer, field: number): string {
  return messages(bytes, field)[0]?.toString() ?? '';
}

function hex(bytes: Buffer, field: number): string {
  return messages(bytes, field)[0]?.toString('hex') ?? '';
}

function number(bytes: Buffer, field: number): bigint {
  const value = protobufFields(bytes).get(field)?.[0];
  return typeof value === 'bigint' ? value : 0n;
}
