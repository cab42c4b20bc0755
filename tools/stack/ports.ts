import { createServer, type Server } from 'node:net';

export const loopback = '127.0.0.1';

/**
 * Below the range the kernel hands out to outgoing connections: a component that is killed and comes back must not find its
 * port taken by a client, least of all by one that kept trying to reach it and met itself.
 */
const FIRST_PORT = 11_000;
const BLOCK = 100;
const BLOCKS = 200;

/** Ports of this process's blocks that nobody has been given yet. */
const left: number[] = [];
/** One block for all who ask at the same time. */
let claiming: Promise<void> | undefined;

/**
 * Ports nobody listens on, each handed out once, however long its owner takes to listen there, and whatever other processes
 * ask for meanwhile.
 *
 * @throws Error when there is none
 */
export async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  while (found.length < count) {
    const port = left.pop();
    if (port === undefined) await (claiming ??= claimBlock().finally(() => (claiming = undefined)));
    else if (await isFree(port)) found.push(port);
  }
  return found;
}

/** A block belongs to the process that listens on its first port, until that process ends. */
async function claimBlock(): Promise<void> {
  const start = Math.floor(Math.random() * BLOCKS);
  for (let tried = 0; tried < BLOCKS; tried += 1) {
    const first = FIRST_PORT + ((start + tried) % BLOCKS) * BLOCK;
    const claim = await listen(first, loopback);
    if (claim === undefined) continue;
    claim.unref();
    left.push(...Array.from({ length: BLOCK - 1 }, (_, index) => first + 1 + index));
    return;
  }
  throw new Error(
    `no free ports from ${FIRST_PORT} to ${FIRST_PORT + BLOCKS * BLOCK - 1}: see what listens there (ss -ltn)`,
  );
}

export async function isFree(port: number): Promise<boolean> {
  return (await canListen(port, loopback)) && (await canListen(port, '0.0.0.0'));
}

async function canListen(port: number, host: string): Promise<boolean> {
  const server = await listen(port, host);
  if (server === undefined) return false;
  await new Promise((resolve) => server.close(resolve));
  return true;
}

function listen(port: number, host: string): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(undefined);
    });
    server.listen({ port, host, exclusive: true }, () => {
      resolve(server);
    });
  });
}
