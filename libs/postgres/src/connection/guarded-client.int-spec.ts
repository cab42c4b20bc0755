import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { isDatabaseUnavailable } from '../database-errors';
import { guardedClient } from './guarded-client';

/** One message of PostgreSQL's protocol: type, length, content. */
function message(type: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(content.length + 4);
  return Buffer.concat([Buffer.from(type), length, content]);
}

const AUTHENTICATED = message('R', Buffer.alloc(4));
const READY = message('Z', Buffer.from('I'));
const FAREWELL = message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'));

describe('a server that says goodbye in the breath in which it says hello', () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(Buffer.concat([AUTHENTICATED, READY, FAREWELL])));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('does not end the process: the first statement fails as unavailable', async () => {
    const { port } = server.address() as AddressInfo;
    const pool = new pg.Pool({ host: '127.0.0.1', port, user: 'a', database: 'a', Client: guardedClient(1_000) });
    pool.on('error', () => undefined);
    // As TypeORM does it: by callback, and listening a moment later only.
    const client = await new Promise<pg.PoolClient>((resolve, reject) => {
      pool.connect((error, connected) => (connected === undefined ? reject(error ?? new Error()) : resolve(connected)));
    });
    const failure: unknown = await client.query('SELECT 1').catch((error: unknown) => error);
    expect(isDatabaseUnavailable(failure)).toBe(true);
    client.release(true);
    await pool.end();
  });
});

describe('a server that falls silent', () => {
  const silenceMs = 200;
  let server: Server;
  let client: pg.Client;
  beforeEach(async () => {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.write(Buffer.concat([AUTHENTICATED, READY])));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    client = new (guardedClient(silenceMs))({ host: '127.0.0.1', port, user: 'a', database: 'a' });
    await client.connect();
  });
  afterEach(async () => {
    await client.end();
    await new Promise((resolve) => server.close(resolve));
  });

  const failureOf = (statement: string): Promise<unknown> => client.query(statement).catch((error: unknown) => error);

  it('makes the statement that waits for it fail as unavailable', async () => {
    expect(isDatabaseUnavailable(await failureOf('SELECT 1'))).toBe(true);
  });

  it('does so also when the connection has had nothing to do for longer than that', async () => {
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
    await once(stream, 'timeout');
    expect(isDatabaseUnavailable(await failureOf('SELECT 1'))).toBe(true);
  });
});
