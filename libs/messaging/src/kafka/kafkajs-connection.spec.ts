import { eventually } from '@app/testing';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/* What `patches/` changes in how kafkajs treats a connection that is cut, garbled or silent. Its modules have no types. */
const inside = createRequire(createRequire(import.meta.url).resolve('kafkajs'));

interface Request {
  readonly requestTimeout?: number;
}
interface Connection {
  connect(): Promise<unknown>;
  send(request: Request): Promise<{ readonly apiVersions: readonly object[] }>;
  sendAuthRequest(request: object): Promise<unknown>;
  disconnect(): Promise<unknown>;
  isConnected(): boolean;
}
const Connection = inside('./src/network/connection') as new (options: object) => Connection;
const ConnectionPool = inside('./src/network/connectionPool') as new (options: object) => {
  send(request: Request): Promise<unknown>;
  destroy(): Promise<unknown>;
};
const createSocketFactory = inside('./src/network/socketFactory') as () => unknown;
const { requests } = inside('./src/protocol/requests') as {
  requests: Record<'ApiVersions', { protocol(version: { version: number }): () => Request & { request: object } }>;
};

const TIMEOUT_MS = 300;
const ANSWER_SOON_MS = 150;
const FETCH = 1;
const log = { namespace: () => log, debug() {}, info() {}, warn() {}, error() {} };

/** Answers to a request as it is told, and as Kafka does otherwise. */
type Answer = (socket: Socket, correlationId: number) => void;

/** What Kafka says to ApiVersions: no error, and that it knows one request. */
function rightAnswer(correlationId: number): Buffer {
  const bytes = Buffer.alloc(20);
  bytes.writeInt32BE(16, 0);
  bytes.writeInt32BE(correlationId, 4);
  bytes.writeInt32BE(1, 10);
  return bytes;
}
const framed = (...numbers: number[]) => {
  const bytes = Buffer.alloc(numbers.length * 4);
  numbers.forEach((number, at) => bytes.writeInt32BE(number, at * 4));
  return bytes;
};
const answerRightly: Answer = (socket, correlationId) => void socket.write(rightAnswer(correlationId));
const apiVersions = (): Request => requests.ApiVersions.protocol({ version: 0 })();
/** The same bytes, under the number by which kafkajs chooses the connection for fetches. */
const fetchLike = (): Request => {
  const { request, ...rest } = requests.ApiVersions.protocol({ version: 0 })();
  return { ...rest, request: { ...request, apiKey: FETCH } } as Request;
};

let server: Server;
let answers: Answer[];
let accepted: Socket[];
let options: object;
let connection: Connection;

beforeEach(async () => {
  answers = [];
  accepted = [];
  server = createServer((socket) => {
    accepted.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      for (let at = 0; at + 12 <= data.length; at += 4 + data.readInt32BE(at)) {
        (answers.shift() ?? answerRightly)(socket, data.readInt32BE(at + 8));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  options = {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    logger: log,
    socketFactory: createSocketFactory(),
    requestTimeout: TIMEOUT_MS,
    connectionTimeout: 1_000,
  };
  connection = new Connection(options);
  await connection.connect();
});
afterEach(async () => {
  await connection.disconnect();
  for (const socket of accepted) socket.destroy();
  server.close();
});

/** The error of a request, which must not be one that kafkajs gives a consumer or a producer up for. */
async function failure(sent: Promise<unknown>, withinMs: number): Promise<Error> {
  const begun = performance.now();
  const error = await sent.then(
    () => new Error('it succeeded'),
    (reason: Error) => reason,
  );
  expect(error).toMatchObject({ retriable: true });
  expect(performance.now() - begun).toBeLessThan(withinMs);
  return error;
}

/** The connection is a new one, and what it is told has nothing to do with what the old one said. */
async function expectToWorkAgain(): Promise<void> {
  const before = accepted.length;
  expect(connection.isConnected()).toBe(false);
  await connection.connect();
  await expect(connection.send(apiVersions())).resolves.toMatchObject({ apiVersions: [{ apiKey: 0 }] });
  expect(accepted).toHaveLength(before + 1);
}

describe('a connection to Kafka that is cut', () => {
  const ends = {
    'closed by Kafka': (socket: Socket) => void socket.end(),
    reset: (socket: Socket) => void socket.resetAndDestroy(),
  };
  const cuts = [0, 1, 3, 4, 7, 8, 13, 19].flatMap((bytes) =>
    (['closed by Kafka', 'reset'] as const).map((how) => [bytes, how] as const),
  );
  it.each(cuts)('after %i bytes of an answer (%s) rejects all requests at once', async (bytes, how) => {
    const end = ends[how];
    answers = [
      (socket, correlationId) => {
        if (bytes === 0) end(socket);
        else socket.write(rightAnswer(correlationId).subarray(0, bytes), () => setImmediate(() => end(socket)));
      },
      () => undefined,
    ];
    const [first, second] = [connection.send(apiVersions()), connection.send(apiVersions())];
    await Promise.all([failure(first, ANSWER_SOON_MS), failure(second, ANSWER_SOON_MS)]);
    await expectToWorkAgain();
  });

  it('while a client is logging in tells who waits for that', async () => {
    const request = { encode: () => Promise.resolve(framed(8, 0, 0)) };
    answers = [(socket) => void socket.resetAndDestroy()];
    await failure(connection.sendAuthRequest({ request, response: {} }), ANSWER_SOON_MS);
    await connection.connect();
    answers = [() => undefined];
    await failure(connection.sendAuthRequest({ request, response: {} }), TIMEOUT_MS * 2);
    await expectToWorkAgain();
  });

  it('while it is being closed does not keep who closes it', async () => {
    const arrived = Promise.withResolvers<void>();
    answers = [() => arrived.resolve()];
    const sent = failure(connection.send(apiVersions()), ANSWER_SOON_MS);
    await arrived.promise;
    const closed = connection.disconnect();
    accepted[0]?.resetAndDestroy();
    await Promise.all([closed, sent]);
    await expectToWorkAgain();
  });

  it('is the only one of its broker that is lost', async () => {
    const pool = new ConnectionPool(options);
    const later = Promise.withResolvers<void>();
    answers = [
      (socket, correlationId) => void later.promise.then(() => answerRightly(socket, correlationId)),
      (socket) => void socket.resetAndDestroy(),
    ];
    const fetching = pool.send(fetchLike());
    await eventually(() => expect(answers).toHaveLength(1), { intervalMs: 5 });
    await failure(pool.send(apiVersions()), ANSWER_SOON_MS);
    later.resolve();
    await expect(fetching).resolves.toBeDefined();
    await pool.destroy();
  });
});

describe('an answer that cannot be read', () => {
  it.each<[string, (correlationId: number) => Buffer]>([
    ['has a negative length', (id) => framed(-5, id, 0, 0)],
    ['has an absurd length', (id) => framed(0x7fffffff, id, 0, 0)],
    ['is too short for a correlation id', () => Buffer.from([0, 0, 0, 2, 0, 0])],
    ['has no content', (id) => framed(4, id)],
    ['ends in the middle of a list', (id) => Buffer.concat([framed(10, id), Buffer.from([0, 0, 0, 0, 0, 9])])],
    ['has a list of negative length', (id) => Buffer.concat([framed(10, id), Buffer.from([0, 0, 255, 255, 255, 1])])],
    ['belongs to no request', (id) => rightAnswer(id + 77)],
  ])('because it %s costs its connection, and only that', async (_what, bytes) => {
    answers = [(socket, correlationId) => void socket.write(bytes(correlationId)), () => undefined];
    const [first, second] = [connection.send(apiVersions()), connection.send(apiVersions())];
    await Promise.all([failure(first, ANSWER_SOON_MS), failure(second, ANSWER_SOON_MS)]);
    await expectToWorkAgain();
  });
});

describe('a connection that falls silent', () => {
  it.each([0, 2, 4, 9, 19])('after %i bytes of an answer is closed when the time is up', async (bytes) => {
    answers = [(socket, id) => void socket.write(rightAnswer(id).subarray(0, bytes)), () => undefined];
    const [first, second] = [connection.send(apiVersions()), connection.send(apiVersions())];
    const errors = await Promise.all([failure(first, TIMEOUT_MS * 2), failure(second, TIMEOUT_MS * 2)]);
    expect(errors.map(({ name }) => name)).toEqual(['KafkaJSRequestTimeoutError', 'KafkaJSConnectionClosedError']);
    await expectToWorkAgain();
    await eventually(() => expect(accepted[0]?.destroyed).toBe(true));
  });

  it('is not one whose answer comes slowly', async () => {
    answers = [
      (socket, correlationId) => {
        const bytes = [...rightAnswer(correlationId)];
        const timer = setInterval(() => {
          socket.write(Buffer.from(bytes.splice(0, 1)));
          if (bytes.length === 0) clearInterval(timer);
        }, TIMEOUT_MS / 10);
      },
    ];
    await expect(connection.send(apiVersions())).resolves.toBeDefined();
  });

  it('is not one on which a request waits its turn behind one that may take long', async () => {
    answers = [(socket, id) => void setTimeout(() => answerRightly(socket, id), TIMEOUT_MS * 2), () => undefined];
    const long = connection.send({ ...apiVersions(), requestTimeout: TIMEOUT_MS * 4 });
    const short = connection.send(apiVersions());
    await expect(long).resolves.toBeDefined();
    // From now on the short one is the next to be answered.
    await failure(short, TIMEOUT_MS * 2);
  });
});

describe('a connection that several ask for', () => {
  it('is made once', async () => {
    await connection.disconnect();
    accepted = [];
    await Promise.all([connection.connect(), connection.connect(), connection.connect()]);
    await expect(connection.send(apiVersions())).resolves.toMatchObject({ apiVersions: [{ apiKey: 0 }] });
    expect(accepted).toHaveLength(1);
  });
});
