import { RecipientBusy } from './delivery-errors';
import { givenUp, SmtpJob } from './smtp-job';
import { type SmtpFailure, SmtpSession, timeOut, type Envelope, type SmtpTimes } from './smtp-session';

/** How a pool is bounded. Times in milliseconds. */
export interface SmtpPoolOptions extends SmtpTimes {
  readonly url: string;
  /** Over which mails are handed over; those which only wait for a final answer come on top. */
  readonly maxConnections: number;
  /** A server that has not answered for a mail by then gets the next ones over another connection. */
  readonly slowAfterMs: number;
}

/** Waiting for final answers, as a multiple of the connections that are in use. */
const WAITING_PER_CONNECTION = 4;
/** A server that takes no further connection while it serves others is not asked for another one for so long. */
const REFUSED_MS = 1_000;

/**
 * Connections to one mail server. nodemailer's own pool can tell neither whether a mail had been handed over when it failed
 * nor give the final answer more time than the others: see docs/adr/0033-mails-of-unknown-outcome.md.
 */
export class SmtpPool {
  private readonly queue: SmtpJob[] = [];
  private readonly free: SmtpSession[] = [];
  private readonly waiting = new Set<SmtpJob>();
  private readonly atRecipient = new Map<string, number>();
  /** Connections in use or being made. */
  private inUse = 0;
  private beingMade = 0;
  private refusedUntil = 0;
  private isClosed = false;

  constructor(private readonly options: SmtpPoolOptions) {}

  /** Whether an earlier mail to this address has been waiting for its answer for long: another one would do the same. */
  isWaitingFor(recipient: string): boolean {
    for (const { envelope } of this.waiting) if (envelope.to === recipient) return true;
    return false;
  }

  /**
   * Resolves when the server has taken the mail. When the signal aborts it is given up, unless it has been handed over.
   * @throws SmtpFailure | RecipientBusy | HandedOver
   */
  send(envelope: Envelope, content: string, signal: AbortSignal): Promise<void> {
    if (this.isClosed || signal.aborted) return Promise.reject(givenUp('connecting'));
    const job = new SmtpJob(envelope, content);
    const onAbort = (): void => this.giveUp(job);
    signal.addEventListener('abort', onAbort, { once: true });
    this.queue.push(job);
    this.next();
    return job.ended.finally(() => signal.removeEventListener('abort', onAbort));
  }

  /** Closes what is idle and takes nothing more; mails in progress are finished. */
  close(): void {
    this.isClosed = true;
    this.failQueue(givenUp('connecting'));
    this.free.splice(0).forEach((session) => session.quit());
  }

  /** Ends all waiting for final answers; those mails may have been taken. */
  stopWaiting(): void {
    for (const { session } of this.waiting) session?.abort(timeOut('no final answer yet'));
  }

  private next(): void {
    while (this.queue.length > 0) {
      const index = this.queue.findIndex((job) => this.hasRoomFor(job));
      const job = this.queue[index];
      if (job === undefined) return;
      const session = this.free.pop();
      if (session === undefined && !this.mayOpen) return;
      this.queue.splice(index, 1);
      this.inUse += 1;
      this.count(job, 1);
      job.state = 'busy';
      session?.wake();
      void this.perform(job, session);
    }
  }

  private get mayOpen(): boolean {
    if (this.inUse === 0) return true;
    return this.inUse < this.options.maxConnections && performance.now() >= this.refusedUntil;
  }

  /** One recipient never has all connections, whatever its server does. */
  private hasRoomFor({ envelope: { to } }: SmtpJob): boolean {
    return (this.atRecipient.get(to) ?? 0) < Math.ceil(this.options.maxConnections / 2);
  }

  private count({ envelope: { to } }: SmtpJob, difference: 1 | -1): void {
    const count = (this.atRecipient.get(to) ?? 0) + difference;
    if (count === 0) this.atRecipient.delete(to);
    else this.atRecipient.set(to, count);
  }

  private async perform(job: SmtpJob, reused: SmtpSession | undefined): Promise<void> {
    let session = reused;
    let isReusable = true;
    try {
      session ??= await this.open();
      if (job.state === 'busy') {
        job.session = session;
        await session.send(job.envelope, job.content, () => this.handedOver(job));
        job.end();
      }
    } catch (error) {
      isReusable = this.failed(job, error as SmtpFailure, reused !== undefined) && (await session?.reset()) === true;
    }
    // A mail that waited long has left its place to another one already.
    if (this.waiting.delete(job)) session?.quit();
    else this.release(job, isReusable ? session : undefined);
    this.next();
  }

  private async open(): Promise<SmtpSession> {
    this.beingMade += 1;
    try {
      return await SmtpSession.open(this.options.url, this.options, (session) => {
        const index = this.free.indexOf(session);
        if (index >= 0) this.free.splice(index, 1);
      });
    } finally {
      this.beingMade -= 1;
    }
  }

  private handedOver(job: SmtpJob): void {
    job.state = 'handed over';
    job.slow = setTimeout(() => this.wait(job), this.options.slowAfterMs);
  }

  /** The sender is told to come back for the answer, and other mails get the place, as long as not too many wait. */
  private wait(job: SmtpJob): void {
    if (job.state !== 'handed over') return;
    job.handOver();
    if (this.waiting.size >= this.options.maxConnections * WAITING_PER_CONNECTION) return;
    this.waiting.add(job);
    this.release(job, undefined);
    this.refuseOthersTo(job.envelope.to);
    this.next();
  }

  private refuseOthersTo(recipient: string): void {
    for (const job of this.queue.filter(({ envelope }) => envelope.to === recipient)) {
      this.queue.splice(this.queue.indexOf(job), 1);
      job.end(new RecipientBusy());
    }
  }

  /** @returns whether the session goes on. */
  private failed(job: SmtpJob, failure: SmtpFailure, wasReused: boolean): boolean {
    const { stage, cause } = failure;
    const hasEnded = cause.responseCode === 421 || (!failure.isAnswer && cause.code !== 'ETIMEDOUT');
    const wasDead = wasReused && stage === 'envelope' && hasEnded;
    if (wasDead && job.state === 'busy' && !job.isSecondTry && !this.isClosed) {
      // The server has ended the connection since, and most likely the others: this mail was not even begun.
      this.free.splice(0).forEach((session) => session.quit());
      job.isSecondTry = true;
      this.requeue(job);
      return false;
    }
    if (stage === 'connecting' && this.notConnected(job, failure)) return false;
    job.end(failure);
    return failure.leavesSession;
  }

  /** @returns whether the mail is left to the connections there are: the server may only allow so many. */
  private notConnected(job: SmtpJob, failure: SmtpFailure): boolean {
    const others = this.inUse - 1 - this.beingMade + this.free.length;
    if (others > 0 && job.state === 'busy' && !this.isClosed) {
      this.refusedUntil = performance.now() + REFUSED_MS;
      this.requeue(job);
      return true;
    }
    // Who waits behind the last one that could not connect would only wait for the same.
    if (others === 0 && this.beingMade === 0) this.failQueue(failure);
    return false;
  }

  private requeue(job: SmtpJob): void {
    job.state = 'queued';
    job.session = undefined;
    this.queue.unshift(job);
  }

  private failQueue(error: Error): void {
    for (const job of this.queue.splice(0)) job.end(error);
  }

  private giveUp(job: SmtpJob): void {
    if (job.state === 'handed over') return this.wait(job);
    const index = this.queue.indexOf(job);
    if (index >= 0) this.queue.splice(index, 1);
    const { session } = job;
    job.end(givenUp(session === undefined ? 'connecting' : 'envelope'));
    session?.abort(timeOut('given up'));
  }

  private release(job: SmtpJob, session: SmtpSession | undefined): void {
    this.inUse -= 1;
    this.count(job, -1);
    if (session?.isUsable !== true) return;
    if (this.isClosed) return session.quit();
    session.rest();
    this.free.push(session);
  }
}
