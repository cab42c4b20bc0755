import { Controller, Get, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createService } from '../bootstrap';
import { commonConfig } from '../config/common-config';
import { defineConfig } from '../config/define-config';

@Controller('things')
class ThingsController {
  @Get()
  list() {
    return [];
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

const config = defineConfig(commonConfig({ port: 0, databaseUser: 'order_service' }))({ LOG_LEVEL: 'fatal' });
let app: NestFastifyApplication;
beforeAll(async () => {
  app = await createService({ name: 'order-service', module: ThingsModule, config });
  await app.listen(0, '127.0.0.1');
});
afterAll(() => app.close());

async function send(request: string): Promise<string> {
  const { port } = app.getHttpServer().address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
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

  it('is served without Host when it is older than Host', async () => {
    expect(await send('GET /things HTTP/1.0')).toMatch(/^HTTP\/1.1 200 /);
  });
});
