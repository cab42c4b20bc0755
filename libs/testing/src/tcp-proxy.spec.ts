import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { eventually } from './eventually';
import { TcpProxy } from './tcp-proxy';

describe('a TCP proxy', () => {
  let server: Server;
  let proxy: TcpProxy;
  let received: string;

  beforeEach(async () => {
    received = '';
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        received += data.toString();
        socket.write(`<${data.toString()}>`);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await TcpProxy.open({ port: (server.address() as AddressInfo).port });
  });

  afterEach(async () => {
    await proxy.close();
    server.close();
  });

  async function client(): Promise<{ socket: Socket; heard: () => string; closed: Promise<void> }> {
    const socket = connect(proxy.port, '127.0.0.1');
    let answers = '';
    socket.on('data', (data) => (answers += data.toString()));
    socket.on('error', () => undefined);
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.on('close', () => resolve());
    await once(socket, 'connect');
    return { socket, heard: () => answers, closed: promise };
  }

  it('passes what it is sent, both ways', async () => {
    const { socket, heard } = await client();
    socket.write('one');
    await eventually(() => expect(heard()).toBe('<one>'));
    socket.destroy();
    await eventually(() => expect(proxy.open).toBe(0));
  });

  it('loses an answer after its request has arrived', async () => {
    const { socket, heard, closed } = await client();
    proxy.cutAfterAnswerBytes(0);
    socket.write('one');
    await closed;
    expect(received).toBe('one');
    expect(heard()).toBe('');
  });

  it('ends an answer in the middle', async () => {
    const { socket, heard, closed } = await client();
    proxy.cutAfterAnswerBytes(3);
    socket.write('one');
    await closed;
    expect(heard()).toBe('<on');
  });

  it.each([
    ['a request of which it is told', 'requests', 'one'],
    ['the answer to a request of which it is told', 'answers', 'onetwo'],
  ] as const)('loses %s, once', async (_, direction, arrived) => {
    const [first, second] = [await client(), await client()];
    proxy.lose(direction, (request) => request.includes('two'));
    first.socket.write('one');
    await eventually(() => expect(first.heard()).toBe('<one>'));
    first.socket.write('two');
    await first.closed;
    expect([first.heard(), received]).toEqual(['<one>', arrived]);
    second.socket.write('two');
    await eventually(() => expect(second.heard()).toBe('<two>'));
  });

  it('lets one connection fall silent for good while others go on', async () => {
    const [first, second] = [await client(), await client()];
    proxy.lose('answers', (request) => request.includes('one'), 'silence');
    first.socket.write('one');
    await eventually(() => expect(received).toBe('one'));
    second.socket.write('one');
    await eventually(() => expect(second.heard()).toBe('<one>'));
    expect([first.heard(), proxy.open]).toEqual(['', 2]);
  });

  it('freezes one direction and delivers what it held back when it heals', async () => {
    const { socket, heard } = await client();
    proxy.freeze('answers');
    socket.write('one');
    await eventually(() => expect(received).toBe('one'));
    expect(heard()).toBe('');
    proxy.heal();
    await eventually(() => expect(heard()).toBe('<one>'));
  });

  it('delays', async () => {
    const { socket, heard } = await client();
    proxy.delay(50);
    const begun = performance.now();
    socket.write('one');
    await eventually(() => expect(heard()).toBe('<one>'), { intervalMs: 5 });
    expect(performance.now() - begun).toBeGreaterThan(95);
  });

  it('cuts connections, and refuses new ones until it heals', async () => {
    const first = await client();
    proxy.refuse();
    proxy.cut();
    await first.closed;
    const second = await client().catch(() => undefined);
    await second?.closed;
    expect(proxy.open).toBe(0);
    proxy.heal();
    const third = await client();
    third.socket.write('three');
    await eventually(() => expect(third.heard()).toBe('<three>'));
  });
});
