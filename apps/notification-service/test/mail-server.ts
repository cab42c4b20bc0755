import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

/** A mail as it arrived. */
export interface ArrivedMail {
  readonly to: string;
  readonly subject: string;
  readonly messageId: string;
  readonly source: string;
}

type Verdict =
  { readonly code: number; readonly text: string } | 'hang' | 'take and hang' | 'take and break' | undefined;

/** A real mail server on a port of its own, which does what the test wants and remembers what it took. */
export class TestMailServer {
  readonly mails: ArrivedMail[] = [];
  /** What to say to a recipient; undefined is yes. */
  onRecipient: (address: string) => Verdict = () => undefined;
  /** What to say once the mail is there; undefined is yes. */
  onMail: (recipient: string) => Verdict = () => undefined;
  /** Milliseconds until a mail is taken. */
  delayMs = 0;
  /** Milliseconds from then until that is said. */
  answerAfterMs: (recipient: string) => number = () => 0;
  connections = 0;
  /** Further ones are refused. */
  mostConnections = Infinity;
  private server: SMTPServer | undefined;
  private port = 0;

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  /** Starts, or comes back on the same port. */
  async start(): Promise<void> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      disableReverseLookup: true,
      logger: false,
      closeTimeout: 50,
      onConnect: (_session, done) => {
        this.connections += 1;
        if (server.connections.size <= this.mostConnections) done();
        else done(Object.assign(new Error('too many connections'), { responseCode: 421 }));
      },
      onRcptTo: ({ address }, _session, done) => answer(this.onRecipient(address), done),
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => setTimeout(() => this.take(session.envelope.rcptTo, chunks, done), this.delayMs));
      },
    });
    server.on('error', () => undefined);
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.server.address() as AddressInfo).port;
  }

  /** Goes away in the middle of whatever it does. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  private take(recipients: readonly { address: string }[], chunks: readonly Buffer[], done: Answer): void {
    const recipient = recipients[0]?.address ?? '';
    const verdict = this.onMail(recipient);
    if (verdict === undefined || verdict === 'take and hang' || verdict === 'take and break') {
      const source = Buffer.concat(chunks).toString('utf8');
      const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(source)?.[1]?.trim() ?? '';
      for (const { address } of recipients) {
        this.mails.push({ to: address, subject: header('Subject'), messageId: header('Message-ID'), source });
      }
    }
    if (verdict === 'take and break') this.breakConnections(recipient);
    else setTimeout(() => answer(verdict, done), this.answerAfterMs(recipient));
  }

  /** Ends the connections over which a mail to this recipient comes. */
  private breakConnections(recipient: string): void {
    for (const connection of this.server?.connections ?? []) {
      const { session, close } = connection as unknown as { session: SMTPServerSession; close: () => void };
      if (session.envelope.rcptTo.some(({ address }) => address === recipient)) close.call(connection);
    }
  }
}

type Answer = (error?: Error | null) => void;

function answer(verdict: Verdict, done: Answer): void {
  if (verdict === 'hang' || verdict === 'take and hang' || verdict === 'take and break') return;
  done(verdict && Object.assign(new Error(verdict.text), { responseCode: verdict.code }));
}
