import { eventually } from '@app/testing';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SystemClock } from '../clock';
import { defineConfig } from '../config/define-config';
import { tracingConfig } from '../config/tracing-config';
import { openTracing } from './open-tracing';
import type { Tracing } from './tracing';

const PARENT = 'b7ad6b7169203331';

let server: Server;
let received: unknown[];
let status = 202;
let tracing: Tracing;

beforeAll(async () => {
  received = [];
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => (body += part));
    request.on('end', () => {
      if (status === 202) received.push(...(JSON.parse(body) as unknown[]));
      response.writeHead(request.url === '/api/v2/spans' ? status : 404).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v2/spans`;
  const config = defineConfig(tracingConfig())({ OTEL_EXPORTER_ZIPKIN_ENDPOINT: url });
  tracing = await openTracing(config, { name: 'order-service', version: '1.2.3' }, new SystemClock());
});

afterAll(async () => {
  await tracing.onApplicationShutdown();
  server.closeAllConnections();
  server.close();
});

const call = { name: 'authorize payment', kind: 'client', durationMs: 1.2345, startedAt: 1_796_000_000_123 } as const;

describe('a Zipkin server', () => {
  it('is sent spans in its own JSON, with who was called, and what went wrong', async () => {
    const context = tracing.root();
    const attributes = { 'server.service.name': 'payment gateway', 'rpc.method': 'PaymentGateway/authorize' };
    tracing.record({ ...call, context, parentSpanId: PARENT, attributes, error: { type: 'unavailable' } });
    await eventually(() =>
      expect(received).toEqual([
        {
          traceId: context.slice(3, 35),
          id: context.slice(36, 52),
          parentId: PARENT,
          name: 'authorize payment',
          kind: 'CLIENT',
          timestamp: 1_796_000_000_123_000,
          duration: 1_235,
          localEndpoint: { serviceName: 'order-service' },
          remoteEndpoint: { serviceName: 'payment gateway' },
          tags: { ...attributes, 'error.type': 'unavailable', error: 'unavailable' },
        },
      ]),
    );
  });

  it('that refuses spans costs them, and they are counted', async () => {
    status = 500;
    tracing.record({ ...call, context: tracing.root(), attributes: {} });
    await eventually(() => expect(tracing.droppedSpans).toBe(1));
  });
});
