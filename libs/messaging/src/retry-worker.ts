import { Clock } from '@app/platform';
import { Injectable, Logger } from '@nestjs/common';
import { FailedMessages, type FailedMessage } from './failed-messages';
import { classifyFailure } from './failure';
import { Inbox } from './inbox';
import { KafkaEventServer } from './kafka-event-server';
import { MessagingOptions } from './messaging-options';
import { backoff, sleep } from './sleep';
import { Transactions } from './transactions';

const IDLE_INTERVAL_MS = 500;
const PRUNE_INTERVAL_MS = 60_000;

/**
 * Tries messages again that were put aside, when their time has come and nothing older of the same order stands before
 * them. Attempts are counted in the row, so replicas share the work without multiplying it.
 */
@Injectable()
export class RetryWorker {
  private readonly logger = new Logger(RetryWorker.name);
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private lastPrune = 0;

  constructor(
    private readonly options: MessagingOptions,
    private readonly transactions: Transactions,
    private readonly failedMessages: FailedMessages,
    private readonly inbox: Inbox,
    private readonly server: KafkaEventServer,
    private readonly clock: Clock,
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Finishes the message in hand. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        while ((await this.tryNext()) && !this.stopping.signal.aborted);
        await this.pruneInbox();
      } catch (error) {
        this.logger.warn(`retries interrupted: ${error instanceof Error ? error.message : String(error)}`);
      }
      await sleep(IDLE_INTERVAL_MS * (0.75 + Math.random() / 2), this.stopping.signal);
    }
  }

  /** @returns whether there was a message to try. */
  private async tryNext(): Promise<boolean> {
    let message: FailedMessage | undefined;
    try {
      await this.transactions.run(async (unitOfWork) => {
        message = await this.failedMessages.claimDue(unitOfWork);
        if (message === undefined) return;
        const { decoded } = message.record;
        if (!decoded.ok) throw new TypeError(`a message to retry can not be read: ${decoded.detail}`);
        const { event } = decoded;
        // Admitted for itself, not by `admit`: its own row is what blocks its order.
        if (await this.inbox.admitRetried(unitOfWork, event))
          await this.server.dispatch(event.type, [event], unitOfWork);
        await this.failedMessages.resolve(unitOfWork, message);
      });
    } catch (error) {
      if (message === undefined || classifyFailure(error) === 'infrastructure') throw error;
      await this.recordFailure(message, error);
    }
    return message !== undefined;
  }

  private async recordFailure(message: FailedMessage, cause: unknown): Promise<void> {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    const attempts = message.attempts + 1;
    const base = this.delayAfter(attempts);
    const givenUp = base === undefined || classifyFailure(error) === 'permanent';
    const next = givenUp ? null : new Date(this.clock.now().getTime() + backoff(0, base, Infinity));
    this.logger.error(`retry failed, ${givenUp ? 'dead-lettered' : 'will be tried again'}`, {
      topic: message.record.topic,
      offset: message.record.offset,
      attempts,
      err: error,
    });
    await this.transactions.run((unitOfWork) =>
      this.failedMessages.failedAgain(unitOfWork, message, { error, attempts, next }),
    );
  }

  /** The first `1 + immediateRetries` attempts happened before the message was put aside, after which came delay 0. */
  private delayAfter(attempts: number): number | undefined {
    return this.options.retryDelaysMs[Math.max(0, attempts - 1 - this.options.immediateRetries)];
  }

  private async pruneInbox(): Promise<void> {
    const now = this.clock.now().getTime();
    if (now - this.lastPrune < PRUNE_INTERVAL_MS) return;
    this.lastPrune = now;
    while (
      !this.stopping.signal.aborted &&
      (await this.transactions.run((unitOfWork) => this.inbox.prune(unitOfWork)))
    );
  }
}
