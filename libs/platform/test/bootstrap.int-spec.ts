import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { buildPrograms } from '../../../test/programs/build-programs';

interface Line {
  readonly level: string;
  readonly message: string;
}

/** A running trial service; `exit` resolves to its exit code. */
class Trial {
  readonly lines: Line[] = [];
  readonly exit: Promise<number | null>;
  private stderr = '';
  private readonly stdout: Interface;

  private constructor(private readonly child: ChildProcessWithoutNullStreams) {
    this.stdout = createInterface(child.stdout);
    this.stdout.on('line', (line) => this.lines.push(JSON.parse(line) as Line));
    child.stderr.on('data', (data: Buffer) => (this.stderr += data.toString()));
    this.exit = once(child, 'close').then(([code]) => code as number | null);
  }

  static run(env: Record<string, string> = {}): Trial {
    const options = { cwd: repository, env: { PATH: process.env['PATH'], ...env } };
    const trial = new Trial(spawn(process.execPath, [join(built, 'trial-service.js')], options));
    trials.push(trial);
    return trial;
  }

  get errors(): string {
    return this.stderr;
  }

  /** The address of the service as soon as it says that it is ready. */
  async ready(): Promise<string> {
    for (;;) {
      for (const { message } of this.lines) {
        const address = /ready at (\S+)/.exec(message)?.[1];
        if (address !== undefined) return address;
      }
      const ended = await Promise.race([once(this.stdout, 'line'), this.exit]);
      if (!Array.isArray(ended)) throw new Error(`ended with ${ended}: ${JSON.stringify(this.lines)} ${this.stderr}`);
    }
  }

  stop(): void {
    this.child.kill('SIGTERM');
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  freeze(): void {
    this.child.kill('SIGSTOP');
  }
}

const repository = join(import.meta.dirname, '../../..');
let built: string;

beforeAll(async () => {
  built = await mkdtemp(join(repository, '.local', 'trial-'));
  await buildPrograms({ 'trial-service': join(import.meta.dirname, 'trial-service.ts') }, built);
});
afterAll(() => rm(built, { recursive: true }));

const trials: Trial[] = [];
afterEach(() => trials.splice(0).forEach((trial) => trial.kill()));

async function statusOf(url: string): Promise<number> {
  const response = await fetch(url, { headers: { connection: 'close' } });
  await response.text();
  return response.status;
}

/** Where metrics are served besides the API. */
function metricsAddressOf(trial: Trial): string {
  const address = trial.lines.map(({ message }) => /Metrics are at (\S+)/.exec(message)?.[1]).find(Boolean);
  if (address === undefined) throw new Error(`nothing said of metrics: ${JSON.stringify(trial.lines)}`);
  return address;
}

describe('the metrics of a service', () => {
  it('are served beside its API, uncounted', async () => {
    const address = await Trial.run().ready();
    await statusOf(`${address}/slow/1`);
    await statusOf(`${address}/metrics`);
    const answer = await fetch(`${address}/metrics`);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await answer.text();
    expect(text).toContain('service_info{service="trial-service",version="dev"} 1');
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).toMatch(/^http_server_request_duration_seconds_count\{.*http_route="\/slow\/:ms".*\} 1$/m);
    expect(text).not.toContain('http_route="/metrics"');
  });

  it('are on a port of their own when there is METRICS_PORT, and no more on the other one', async () => {
    const trial = Trial.run({ METRICS_PORT: '0' });
    const address = await trial.ready();
    expect(await statusOf(`${address}/metrics`)).toBe(404);
    const metrics = metricsAddressOf(trial);
    expect(await statusOf(metrics)).toBe(200);
    expect(await statusOf(metrics.replace('/metrics', '/health'))).toBe(404);
    trial.stop();
    expect(await trial.exit).toBe(0);
    await expect(statusOf(metrics)).rejects.toThrow();
  });

  it('are nowhere when they are switched off', async () => {
    const trial = Trial.run({ METRICS: 'off', METRICS_PORT: '0' });
    const address = await trial.ready();
    expect(await statusOf(`${address}/metrics`)).toBe(404);
    expect(() => metricsAddressOf(trial)).toThrow('nothing said');
  });

  it('end the start with a reason when their port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const trial = Trial.run({ METRICS_PORT: String(port) });
    expect(await trial.exit).toBe(1);
    server.close();
    expect(trial.lines.at(-1)).toMatchObject({ level: 'fatal', message: expect.stringContaining('for METRICS_PORT') });
  });
});

describe('a service that is told to stop', () => {
  it('says so to its probes, finishes what it has begun and ends with 0', async () => {
    const trial = Trial.run({ TRIAL_DRAIN_MS: '300' });
    const address = await trial.ready();
    expect(await statusOf(`${address}/health/ready`)).toBe(200);
    const slow = fetch(`${address}/slow/1000`);
    trial.stop();
    while ((await statusOf(`${address}/health/ready`)) === 200);
    expect(await statusOf(`${address}/slow/1`)).toBe(200);
    const answer = await slow;
    expect([answer.status, await answer.json()]).toEqual([200, { slept: 1000 }]);
    expect(await trial.exit).toBe(0);
  });

  it('ends with 1 when it is not done in time', async () => {
    const trial = Trial.run({ TRIAL_DRAIN_MS: '60000', SHUTDOWN_TIMEOUT_MS: '300' });
    await trial.ready();
    trial.stop();
    expect(await trial.exit).toBe(1);
    expect(trial.lines.at(-1)).toMatchObject({ level: 'error', message: expect.stringContaining('300 ms') });
  });

  it('does not wait forever for a client that sends its request slowly', async () => {
    const trial = Trial.run({ SHUTDOWN_TIMEOUT_MS: '2000' });
    const { port } = new URL(await trial.ready());
    const client: Socket = connect(Number(port), '127.0.0.1');
    client.on('error', () => undefined);
    client.write('POST /slow/1 HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{');
    await once(client, 'connect');
    trial.stop();
    expect(await trial.exit).toBe(0);
    client.destroy();
  });
});

describe('a service that cannot go on', () => {
  it('names every mistake in its configuration, without a stack, and ends with 1', async () => {
    const trial = Trial.run({ PORT: 'x', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://u:hunter2@h' });
    expect(await trial.exit).toBe(1);
    expect(trial.errors).toMatch(/PORT .*\n.*LOG_LEVEL .*\n.*DATABASE_URL /);
    expect(trial.errors).not.toMatch(/hunter2|\n\s+at /);
  });

  it('says in one line that its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const trial = Trial.run({ HOST: '127.0.0.1', PORT: String(port) });
    expect(await trial.exit).toBe(1);
    expect(trial.lines).toMatchObject([{ level: 'fatal', message: `Port ${port} on 127.0.0.1 is already in use` }]);
    other.close();
  });

  it('ends with 1 when a rejection reaches nobody', async () => {
    const trial = Trial.run();
    await fetch(`${await trial.ready()}/forgotten`).catch(() => undefined);
    expect(await trial.exit).toBe(1);
    expect(trial.lines.at(-1)).toMatchObject({ level: 'fatal', err: { message: 'nobody waits for this' } });
  });
});

describe('what is not HTTP', () => {
  it('is refused with a problem as well', async () => {
    const trial = Trial.run();
    const { port } = new URL(await trial.ready());
    const client = connect(Number(port), '127.0.0.1').setEncoding('utf8');
    client.write('GET / HTTP/1.1\r\nno header at all\r\n\r\n');
    let answer = '';
    for await (const data of client) answer += String(data);
    expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/);
    expect(answer).toContain('content-type: application/problem+json');
    expect(answer).toContain('"code":"REQUEST.INVALID"');
    trial.stop();
    await trial.exit;
  });
});

describe('a thousand customers who come at once', () => {
  it('are connected, however busy the service is', async () => {
    const trial = Trial.run();
    const { hostname, port } = new URL(await trial.ready());
    trial.freeze();
    const sockets = Array.from({ length: 1_000 }, () => connect(Number(port), hostname));
    const connected = Promise.all(sockets.map((socket) => once(socket, 'connect')));
    // Who is dropped tries again after a second at the earliest.
    const late = AbortSignal.timeout(950);
    const dropped = once(late, 'abort').then(() => 'dropped');
    expect(await Promise.race([connected.then(() => 'connected'), dropped])).toBe('connected');
    sockets.forEach((socket) => socket.destroy());
  });
});
