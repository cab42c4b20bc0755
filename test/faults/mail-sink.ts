import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';

/** A mail as the world received it. */
export interface ReceivedMail {
  readonly messageId: string;
  readonly orderId: string;
  readonly recipient: string;
  /** The subject without the order's number, which the first mail of an order may lack: what kind of mail it is. */
  readonly kind: string;
  /** Milliseconds since the sink was made. */
  readonly at: number;
}

/** The world's mail server. What it took, it took: its memory is independent of the system's. */
export class MailSink {
  readonly mails: ReceivedMail[] = [];
  port = 0;
  /** Recipients that are refused for good. */
  readonly refused = new Set<string>();
  private readonly begin = performance.now();
  private server: SMTPServer | undefined;

  async open(): Promise<void> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      disableReverseLookup: true,
      logger: false,
      onAuth: (_auth, _session, callback) => callback(null, { user: 'anybody' }),
      onRcptTo: ({ address }, _session, callback) => {
        if (!this.refused.has(address)) return callback();
        callback(Object.assign(new Error('no such mailbox'), { responseCode: 550 }));
      },
      onData: (stream, session, callback) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          this.take(Buffer.concat(chunks).toString('utf8'), session.envelope.rcptTo[0]?.address ?? '');
          callback(null);
        });
      },
    });
    // A client that is killed in the middle of a mail is part of the experiment.
    server.on('error', () => undefined);
    server.listen(this.port, '127.0.0.1');
    await once(server.server, 'listening');
    const address = server.server.address();
    if (address === null || typeof address === 'string') throw new Error('the mail sink has no port');
    this.port = address.port;
    this.server = server;
  }

  /** Refuses connections and cuts those there are, until it is opened again on the same port. */
  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    for (const connection of server.connections) (connection as { close(): void }).close();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  private take(mail: string, recipient: string): void {
    const header = (name: string): string => new RegExp(`^${name}: (.*)\\r$`, 'im').exec(mail)?.[1] ?? '';
    const orderId = header('X-Order-Id');
    const kind = header('Subject').replace(/(?:your )?order(?: [0-9A-Z]{4}-[0-9A-Z]{4})?/i, 'order');
    this.mails.push({ messageId: header('Message-ID'), orderId, recipient, kind, at: performance.now() - this.begin });
  }
}
