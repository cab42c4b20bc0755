import { createServer } from 'node:net';

export const loopback = '127.0.0.1';

/** What was handed out and may not be listened to yet: nobody else in this process gets it. */
const handedOut = new Set<number>();

/**
 * Free ports below the range the kernel hands out to outgoing connections: a component that is killed and comes back
 * must not find its port taken by a client, least of all by one that kept trying to reach it and met itself.
 */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const candidate = 11_000 + Math.floor(Math.random() * 20_000);
    if (handedOut.has(candidate)) continue;
    // Before it is looked at: others look meanwhile.
    handedOut.add(candidate);
    if (await isFree(candidate)) found.add(candidate);
  }
  return [...found];
}

export async function isFree(port: number): Promise<boolean> {
  return (await canListen(port, loopback)) && (await canListen(port, '0.0.0.0'));
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ port, host, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
