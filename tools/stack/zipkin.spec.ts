import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tracingEnv } from './tracing-env.ts';
import { zipkin } from './zipkin.ts';

let data: string;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'zipkin-'));
});

afterEach(() => {
  rmSync(data, { recursive: true });
});

it('Zipkin listens on this machine only, and holds a bounded number of spans in a bounded heap', () => {
  const { args, ports } = zipkin({ port: 9411, data, logFile: '/dev/null', jar: 'zipkin.jar', restart: true });
  expect(ports).toEqual([9411]);
  expect(args).toEqual(
    expect.arrayContaining([
      '-Xmx160m',
      '--armeria.ports[0].address=127.0.0.1',
      '--armeria.ports[0].port=9411',
      '--zipkin.storage.mem.max-spans=50000',
    ]),
  );
});

it('services are told where it is by OpenTelemetry’s own variables', () => {
  expect(tracingEnv(9411)).toEqual({
    OTEL_TRACES_EXPORTER: 'zipkin',
    OTEL_EXPORTER_ZIPKIN_ENDPOINT: 'http://127.0.0.1:9411/api/v2/spans',
  });
});
