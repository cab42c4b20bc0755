import { Controller, Get, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { Public } from '../auth/access.decorators';
import { createService } from '../bootstrap';
import { commonConfig } from '../config/common-config';
import { defineConfig } from '../config/define-config';

@Public()
@Controller('things')
class ThingsController {
  @Get()
  list() {
    return [];
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

const config = defineConfig(commonConfig({ port: 0, databaseUser: 'order_service' }))({
  LOG_LEVEL: 'fatal',
  HTTP_MAX_CONNECTIONS: '2',
});
let app: NestFastifyApplication;
beforeAll(async () => {
  app = await createService({ name: 'order-service', module: ThingsModule, config });
  await app.listen(0, '127.0.0.1');
});
afterAll(() => app.close());

function open(): Socket {
  const { port } = app.getHttpServer().address() as AddressInfo;
  return connect(port, '127.0.0.1');
}

async function send(request: string): Promise<string> {
  const socket = open();
  socket.write(`${request}\r\n\r\n`);
  return text(socket);
}

describe('a request that Node would answer by itself', () => {
  it.each([
    ['CONNECT evil:443 HTTP/1.1\r\nHost: evil', 405, 'REQUEST.METHOD_NOT_ALLOWED'],
    ['GET /things HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: x', 417, 'REQUEST.EXPECTATION_FAILED'],
    ['GET /things HTTP/1.1\r\nConnection: close', 400, 'REQUEST.INVALID'],
  ])('%j is answered with %d %s as problem details', async (request, status, code) => {
    const [head = '', body = ''] = (await send(request)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head.toLowerCase()).toContain('content-type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status, code, correlation_id: expect.any(String) });
  });

  it.each(['Host', 'content-type', 'Idempotency-Key', 'AUTHORIZATION', 'X-Correlation-ID'])(
    'with two headers %s is refused, also when they are equal',
    async (name) => {
      const host = name === 'Host' ? '' : 'Host: x\r\n';
      const head = `GET /things HTTP/1.1\r\n${host}Connection: close\r\n${name}: a\r\nAccept: */*\r\n`;
      expect(await send(`${head}X: y`)).toMatch(/^HTTP\/1.1 200 /);
      for (const value of ['a', 'b', '']) {
        const [answer = '', body = ''] = (await send(`${head}${name.toLowerCase()}: ${value}`)).split('\r\n\r\n');
        expect(answer).toMatch(/^HTTP\/1.1 400 /);
        expect(JSON.parse(body)).toMatchObject({
          code: 'REQUEST.INVALID',
          errors: [{ pointer: expect.stringMatching(new RegExp(`^#/header/${name}$`, 'i')) }],
        });
      }
    },
  );

  it('may have a header twice that may be there twice', async () => {
    const head = 'GET /things HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept: a/b\r\nAccept: c/d';
    expect(await send(head)).toMatch(/^HTTP\/1.1 200 /);
  });

  it('may have a hundred headers and no more', async () => {
    const head = (count: number) => [
      'GET /things HTTP/1.1',
      'Host: x',
      'Connection: close',
      ...Array.from({ length: count - 2 }, () => 'a: b'),
    ];
    expect(await send(head(100).join('\r\n'))).toMatch(/^HTTP\/1.1 200 /);
    for (const count of [101, 102, 2_500]) {
      const answer = await send(head(count).join('\r\n'));
      expect(answer).toMatch(/^HTTP\/1.1 431 /);
      expect(answer).toContain('REQUEST.HEADERS_TOO_LARGE');
    }
  });

  it('is served without Host when it is older than Host', async () => {
    expect(await send('GET /things HTTP/1.0')).toMatch(/^HTTP\/1.1 200 /);
  });
});

describe('connections beyond what the server takes', () => {
  it('are closed at once, until another one has gone', async () => {
    const request = 'GET /things HTTP/1.1\r\nHost: x\r\n\r\n';
    const served = [open(), open()];
    for (const socket of served) {
      socket.write(request);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1.1 200 /);
    }
    const refused = open().resume();
    await once(refused, 'close');
    expect(refused.bytesRead).toBe(0);
    for (const socket of served) await once(socket.resume().end(), 'close');
    expect(await send('GET /things HTTP/1.1\r\nHost: x\r\nConnection: close')).toMatch(/^HTTP\/1.1 200 /);
  });
});
