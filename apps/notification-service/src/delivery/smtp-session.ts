import type { NodemailerError } from 'nodemailer';
import { parseConnectionUrl } from 'nodemailer/lib/shared';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { Readable } from 'node:stream';

/** How long a mail server may take; all in milliseconds. */
export interface SmtpTimes {
  /** To be found, connected to, and to let us in: everything up to the first mail. */
  readonly connectionTimeoutMs: number;
  /** To answer for sender, recipient and DATA of a mail. */
  readonly commandTimeoutMs: number;
  /** To answer for the mail once it has all of it (RFC 5321, 4.5.3.2.6, allows ten minutes). */
  readonly finalAnswerTimeoutMs: number;
}

/** A mail as SMTP sees it. */
export interface Envelope {
  readonly from: string;
  readonly to: string;
}

/**
 * How far a conversation had come. Only of a mail whose `content` has begun to go out can the server have taken
 * responsibility: its last line goes with the rest, and whether it arrived is not to be known.
 */
export type SmtpStage = 'connecting' | 'envelope' | 'content';

/** A conversation that did not end with the acceptance of a mail. */
export class SmtpFailure extends Error {
  override readonly name = 'SmtpFailure';

  constructor(
    readonly stage: SmtpStage,
    override readonly cause: NodemailerError,
  ) {
    super(cause.message);
  }

  /** Whether the server has said no, in a full answer to a command about this mail. */
  get isAnswer(): boolean {
    const { code, responseCode = 0 } = this.cause;
    return (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode >= 400 && responseCode < 600;
  }

  /** Whether the connection can be used for the next mail. */
  get leavesSession(): boolean {
    const { responseCode } = this.cause;
    return this.isAnswer && responseCode !== 421 && responseCode !== 503;
  }
}

export function timeOut(message: string): NodemailerError {
  return Object.assign(new Error(message), { code: 'ETIMEDOUT' });
}

/** Servers end a silent session after five minutes at the earliest; ours ends before a mail runs into that. */
const MAX_IDLE_MS = 60_000;
/** nodemailer's own limit of silence; those above are shorter. */
const NEVER_MS = 24 * 3_600_000;

/** One connection to a mail server, for one mail after the other. */
export class SmtpSession {
  private idle: NodeJS.Timeout | undefined;
  private giveUp: ((error: NodemailerError) => void) | undefined;
  private ended = false;

  private constructor(
    private readonly connection: SMTPConnection,
    private readonly times: SmtpTimes,
    private readonly onEnd: (session: SmtpSession) => void,
  ) {
    connection.once('end', () => {
      this.ended = true;
      clearTimeout(this.idle);
      // The error that ended it, if any, reaches the mail by itself, and says more.
      setImmediate(() => this.giveUp?.(Object.assign(new Error('Connection closed'), { code: 'ECONNECTION' })));
      onEnd(this);
    });
  }

  /** Connects and logs in. @param onEnd is called once, when the session is over. @throws SmtpFailure */
  static open(url: string, times: SmtpTimes, onEnd: (session: SmtpSession) => void): Promise<SmtpSession> {
    const { auth, ...target } = parseConnectionUrl(url);
    const { connectionTimeoutMs: timeoutMs } = times;
    const connection = new SMTPConnection({
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
      ...target,
      socketTimeout: NEVER_MS,
      logger: false,
    });
    const { promise, resolve, reject } = Promise.withResolvers<SmtpSession>();
    const fail = (error: NodemailerError): void => {
      clearTimeout(timer);
      // First: closing ends the connection at once, and that would be the reason then.
      reject(new SmtpFailure('connecting', error));
      connection.close();
    };
    const succeed = (): void => {
      clearTimeout(timer);
      resolve(new SmtpSession(connection, times, onEnd));
    };
    const timer = setTimeout(() => fail(timeOut(`no session within ${timeoutMs} ms`)), timeoutMs);
    // For as long as the connection lives: an error nobody listens to would end the process.
    connection.on('error', fail);
    connection.once('end', () => fail(new Error('Connection closed')));
    connection.connect((error) => {
      if (error) fail(error);
      else if (auth === undefined || !connection.allowsAuth) succeed();
      else connection.login(auth, (refused) => (refused ? fail(refused) : succeed()));
    });
    return promise;
  }

  get isUsable(): boolean {
    return !this.ended;
  }

  /**
   * Sends one mail; resolves when the server has taken it. @param onHandedOver is called as its content goes out.
   * @throws SmtpFailure
   */
  send(envelope: Envelope, content: string, onHandedOver: () => void): Promise<void> {
    const { commandTimeoutMs, finalAnswerTimeoutMs } = this.times;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let stage: SmtpStage = 'envelope';
    const expect = (what: string, timeoutMs: number): NodeJS.Timeout =>
      setTimeout(() => this.abort(timeOut(`no answer to ${what} within ${timeoutMs} ms`)), timeoutMs);
    let timer = expect('the envelope', commandTimeoutMs);
    const end = (error?: NodemailerError): void => {
      clearTimeout(timer);
      this.giveUp = undefined;
      if (error) reject(new SmtpFailure(stage, error));
      else resolve();
    };
    this.giveUp = end;
    const body = new Readable({
      // Nobody reads before the server has answered DATA with yes.
      read() {
        stage = 'content';
        clearTimeout(timer);
        timer = expect('the mail', finalAnswerTimeoutMs);
        this.push(content);
        this.push(null);
        onHandedOver();
      },
    });
    this.connection.send({ from: envelope.from, to: [envelope.to] }, body, (error) => end(error ?? undefined));
    return promise;
  }

  /** Makes the session ready for the next mail after one was refused; false when that did not work. */
  reset(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => this.abort(timeOut('no answer to RSET')), this.times.commandTimeoutMs);
    const end = (works: boolean): void => {
      clearTimeout(timer);
      this.giveUp = undefined;
      if (!works) this.connection.close();
      resolve(works);
    };
    this.giveUp = () => end(false);
    this.connection.reset((error) => end(error === null));
    return promise;
  }

  /** Ends the connection at once, and with it whatever is being done over it. */
  abort(reason: NodemailerError): void {
    this.giveUp?.(reason);
    this.connection.close();
  }

  /** Nothing is sent over it for now. */
  rest(): void {
    this.idle = setTimeout(() => this.quit(), MAX_IDLE_MS);
    this.idle.unref();
  }

  /** It is used again. */
  wake(): void {
    clearTimeout(this.idle);
  }

  /** Says goodbye and closes, whether that is answered or not. */
  quit(): void {
    this.connection.quit();
    this.connection.close();
  }
}
