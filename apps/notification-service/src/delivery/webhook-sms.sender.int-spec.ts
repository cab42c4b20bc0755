import { SystemClock } from '@app/platform';
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { DeliveryDeferred, DeliveryRejected, DeliveryUnknown, ProviderUnreachable } from './delivery-errors';
import { WebhookSmsSender } from './webhook-sms.sender';

const SECRET = 'planted-secret';
const message = { id: '01936f5e-8f3a-7c61-b1f0-3f6a1f0c9d11', to: '+491701234567', text: 'Your order is confirmed.' };
const patient = () => AbortSignal.timeout(5_000);

let server: Server;
let sender: WebhookSmsSender;
let arrived: { headers: IncomingHttpHeaders; body: string }[];
let answer: (response: ServerResponse) => void;

beforeEach(async () => {
  arrived = [];
  answer = (response) => response.writeHead(202).end('{}');
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      arrived.push({ headers: request.headers, body });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  sender = new WebhookSmsSender({ url: urlOf(server), secret: SECRET, timeoutMs: 4_000 }, new SystemClock());
});

afterEach(async () => {
  sender.onApplicationShutdown();
  server.closeAllConnections();
  if (server.listening) await new Promise((resolve) => server.close(resolve));
});

function urlOf(listening: TcpServer): string {
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}/messages`;
}

async function failure(signal = patient()): Promise<Error> {
  const error = await sender.send(message, signal).catch((thrown: Error) => thrown);
  if (!(error instanceof Error)) throw new Error('it was accepted');
  return error;
}

describe('a short message', () => {
  it('is posted with its id, its number and its text, signed over time and body', async () => {
    await sender.send(message, patient());
    const [{ headers, body } = { headers: {}, body: '' }] = arrived;
    expect(JSON.parse(body)).toEqual(message);
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'idempotency-key': message.id });
    const [, time = '', signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-signature'])) ?? [];
    expect(signature).toBe(createHmac('sha256', SECRET).update(`${time}.${body}`).digest('hex'));
    expect(Math.abs(Date.now() / 1_000 - Number(time))).toBeLessThan(5);
  });

  it.each([
    [400, DeliveryRejected],
    [422, DeliveryRejected],
    [408, DeliveryDeferred],
    [409, DeliveryDeferred],
    [429, DeliveryDeferred],
    [401, ProviderUnreachable],
    [404, ProviderUnreachable],
    [500, DeliveryUnknown],
    [502, DeliveryUnknown],
    [503, ProviderUnreachable],
    [504, DeliveryUnknown],
    [302, ProviderUnreachable],
  ])('answered with %d ends as it should, and the number is in no error', async (status, type) => {
    answer = (response) => response.writeHead(status, { location: 'http://elsewhere.test' }).end(message.to);
    const error = await failure();
    expect(error).toBeInstanceOf(type);
    expect(`${error.message} ${error.stack}`).not.toMatch(/4917|planted/);
    expect(arrived).toHaveLength(1);
  });

  it.each([
    ['7', 7_000],
    ['999999999', 3_600_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', undefined],
  ])('that may go later waits as long as asked for: %s', async (retryAfter, expected) => {
    answer = (response) => response.writeHead(429, { 'retry-after': retryAfter }).end();
    expect(await failure()).toMatchObject({ name: 'DeliveryDeferred', retryAfterMs: expected });
  });

  it('reaches nobody when nobody is there', async () => {
    await new Promise((resolve) => server.close(resolve));
    const error = await failure();
    expect(error).toBeInstanceOf(ProviderUnreachable);
    expect(error.message).toBe('sms: ECONNREFUSED');
  });
});

describe('a short message whose answer is lost', () => {
  it.each<[string, (response: ServerResponse) => unknown]>([
    ['nobody answers', () => undefined],
    ['the connection breaks', (response) => response.socket?.resetAndDestroy()],
    ['the answer breaks off', (response) => response.socket?.end('HTTP/1.1 20')],
    ['the answer is none', (response) => response.socket?.end('220 mail.example.test ESMTP\r\n')],
  ])('may have been sent when %s', async (_how, how) => {
    answer = how;
    const toRepeat = sender;
    sender = new WebhookSmsSender({ url: urlOf(server), secret: SECRET, timeoutMs: 1_000 }, new SystemClock());
    expect(await failure()).toBeInstanceOf(DeliveryUnknown);
    expect(arrived).toHaveLength(1);
    answer = (response) => response.writeHead(200).end();
    await toRepeat.send(message, patient());
    expect(new Set(arrived.map(({ headers }) => headers['idempotency-key']))).toEqual(new Set([message.id]));
  });

  it('may have been sent when it is given up meanwhile', async () => {
    const givenUp = new AbortController();
    answer = () => givenUp.abort();
    expect(await failure(givenUp.signal)).toBeInstanceOf(DeliveryUnknown);
  });

  it('has certainly not been sent when no connection came about in time', async () => {
    // Takes connections, as far as TCP is concerned, and says nothing: a TLS client waits for its greeting.
    const silent = createTcpServer((socket) => socket.on('error', () => undefined).resume());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const url = urlOf(silent).replace('http:', 'https:');
    sender = new WebhookSmsSender({ url, secret: SECRET, timeoutMs: 500 }, new SystemClock());
    expect(await failure()).toBeInstanceOf(ProviderUnreachable);
    await new Promise((resolve) => silent.close(resolve));
  });

  it('is answered all the same, whatever comes with the answer, or never ends', async () => {
    answer = (response) => {
      response.writeHead(200);
      response.write('{');
    };
    await sender.send(message, patient());
  });
});
