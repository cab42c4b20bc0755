import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** The steps of a session in which one mail is sent, each of which the server answers. */
export const SMTP_STEPS = ['greeting', 'EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA', 'mail'] as const;
export type SmtpStep = (typeof SMTP_STEPS)[number];

const ANSWERS: Readonly<Record<SmtpStep, string>> = {
  greeting: '220 mail.example.test ESMTP',
  EHLO: '250-mail.example.test\r\n250 AUTH PLAIN',
  AUTH: '235 welcome',
  MAIL: '250 sender ok',
  RCPT: '250 recipient ok',
  DATA: '354 go ahead',
  mail: '250 taken',
};

/** What it does instead of answering properly; `half` of an answer stays half for as long as the connection lives. */
export type Misbehaviour = 'silent' | 'cut' | 'half, then silent' | 'half, then cut' | 'a byte now and then';

/** Speaks SMTP step by step, without PIPELINING, and goes wrong at one of them. */
export class ScriptedMailServer {
  /** Mails of which it has everything, answered or not. */
  complete = 0;
  /** The step that goes wrong, and how: a misbehaviour or another answer. */
  fault: { readonly at: SmtpStep; readonly how: Misbehaviour | { readonly answer: string } } | undefined;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server = createServer((socket) => this.serve(socket));

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `smtp://user:secret@127.0.0.1:${this.port}`;
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
    let text = '';
    let inMail = false;
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      for (;;) {
        const end = inMail ? '\r\n.\r\n' : '\r\n';
        const at = text.indexOf(end);
        if (at < 0) return;
        const line = text.slice(0, at);
        text = text.slice(at + end.length);
        const step = inMail ? 'mail' : (SMTP_STEPS.find((name) => line.startsWith(name)) ?? line);
        if (step === 'mail') this.complete += 1;
        inMail = this.answer(socket, step).startsWith('354');
      }
    });
    this.answer(socket, 'greeting');
  }

  /** @returns what it said in full. */
  private answer(socket: Socket, step: string): string {
    const full = (ANSWERS as Readonly<Record<string, string>>)[step] ?? '250 ok';
    const how = this.fault?.at === step ? this.fault.how : { answer: full };
    if (typeof how === 'object') {
      socket.write(`${how.answer}\r\n`);
      return how.answer;
    }
    const half = full.slice(0, full.length / 2);
    if (how.startsWith('half')) socket.write(half);
    if (how.endsWith('cut')) setImmediate(() => socket.resetAndDestroy());
    if (how === 'a byte now and then') {
      const trickle = setInterval(() => socket.write('2'), 20);
      socket.on('close', () => clearInterval(trickle));
    }
    return '';
  }
}
