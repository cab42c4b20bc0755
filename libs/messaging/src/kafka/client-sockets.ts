import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Injectable } from '@nestjs/common';
import type { ISocketFactory } from 'kafkajs';

const KEEP_ALIVE_DELAY_MS = 5_000;

/** The connections of the consumer's Kafka client, so that they can be ended from outside of it. */
@Injectable()
export class ClientSockets {
  private readonly open = new Set<Socket>();

  /** kafkajs's `socketFactory`. */
  readonly factory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    // Its types say that there is always TLS.
    const tls = ssl as typeof ssl | undefined;
    const socket = tls
      ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...tls }, onConnect)
      : connect({ host, port }, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS);
    this.open.add(socket);
    socket.once('close', () => this.open.delete(socket));
    return socket;
  };

  /** Ends all connections with an error: what waits on them fails at once, and what comes next goes over new ones. */
  renew(why: string): void {
    for (const socket of this.open) socket.destroy(new Error(why));
  }
}
