import { SmtpFailure, timeOut, type Envelope, type SmtpSession } from './smtp-session';

/** A mail whose content the server has, and for which it has not answered yet. */
export class HandedOver extends Error {
  override readonly name = 'HandedOver';

  /** @param answer Resolves when the server has taken the mail. @throws SmtpFailure */
  constructor(readonly answer: Promise<void>) {
    super('no final answer yet');
  }
}

/** What becomes of a mail that is given up before its content has gone out. */
export function givenUp(stage: 'connecting' | 'envelope'): SmtpFailure {
  return new SmtpFailure(stage, timeOut('given up'));
}

/** One mail on its way through the pool. */
export class SmtpJob {
  state: 'queued' | 'busy' | 'handed over' | 'waiting' | 'ended' = 'queued';
  session: SmtpSession | undefined;
  /** Runs while its content is out and the server is not late yet. */
  slow: NodeJS.Timeout | undefined;
  /** It met a connection that was dead already. */
  isSecondTry = false;
  private outcome = Promise.withResolvers<void>();
  readonly ended = this.outcome.promise;

  constructor(
    readonly envelope: Envelope,
    readonly content: string,
  ) {}

  /** Whoever sent it is told to come back for the answer. */
  handOver(): void {
    clearTimeout(this.slow);
    this.state = 'waiting';
    const answer = Promise.withResolvers<void>();
    // Whether anybody listens is not our business.
    answer.promise.catch(() => undefined);
    this.outcome.reject(new HandedOver(answer.promise));
    this.outcome = answer;
  }

  end(error?: Error): void {
    if (this.state === 'ended') return;
    clearTimeout(this.slow);
    this.state = 'ended';
    if (error === undefined) this.outcome.resolve();
    else this.outcome.reject(error);
  }
}
