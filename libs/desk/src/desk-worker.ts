import { MessagingOptions, Transactions, type UnitOfWork } from '@app/messaging';
import { Clock, Outage, repeatedly, sleep } from '@app/platform';
import { Injectable, Logger } from '@nestjs/common';
import { takenByJob } from './desk-rules';
import { DeskJobRepository, type DeskJobBatch } from './desk-job.repository';
import { DeskRepository } from './desk.repository';

/** How often to see whether what a job has released has come to an end. */
const BUSY_INTERVAL_MS = 500;
/** A process is told of the jobs it takes in itself; this is for those that another one has left half done. */
const IDLE_INTERVAL_MS = 2_000;
const PRUNE_INTERVAL_MS = 60_000;
const BATCH_SIZE = 200;
const DAY_MS = 86_400_000;

/**
 * Does what jobs of the desk ask for, and forgets what is old. A batch of a job is one transaction, in which its messages
 * and its items change together: a process that is killed leaves nothing half done, and any replica takes the next batch.
 */
@Injectable()
export class DeskWorker {
  private readonly logger = new Logger(DeskWorker.name);
  private readonly stopping = new AbortController();
  private wakeUp = new AbortController();
  private running: Promise<void> | undefined;
  private lastPrune = -Infinity;

  constructor(
    private readonly options: MessagingOptions,
    private readonly transactions: Transactions,
    private readonly jobs: DeskJobRepository,
    private readonly desk: DeskRepository,
    private readonly clock: Clock,
  ) {}

  start(): void {
    this.running ??= repeatedly(() => this.round(), {
      everyMs: IDLE_INTERVAL_MS,
      stopping: this.stopping.signal,
      outage: new Outage(this.logger, {
        failing: 'Jobs of the desk interrupted; trying again',
        working: 'Jobs of the desk go on',
      }),
      pause: (ms) => sleep(ms, this.wakeUp.signal),
    });
  }

  /** Finishes the batch in hand. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wakeUp.abort();
    await this.running;
  }

  /** There is a new job. */
  wake(): void {
    this.wakeUp.abort();
  }

  private async round() {
    // Before the work: a job that comes in while it is done is not to wait for the next time.
    this.wakeUp = new AbortController();
    const isBusy = await this.work();
    await this.prune();
    return { nextInMs: isBusy ? BUSY_INTERVAL_MS : IDLE_INTERVAL_MS };
  }

  /** @returns whether a job is under way: what it has released is being tried. */
  private async work(): Promise<boolean> {
    if (!(await this.transactions.run((unitOfWork) => this.jobs.areUnderWay(unitOfWork)))) return false;
    const heldUp: string[] = [];
    while (
      !this.stopping.signal.aborted &&
      (await this.transactions.run((unitOfWork) => this.nextBatch(unitOfWork, heldUp)))
    );
    return true;
  }

  /**
   * @param heldUp the jobs all of whose next messages somebody else has locked: they are left for the next time.
   * @returns whether there was something to do.
   */
  private async nextBatch(unitOfWork: UnitOfWork, heldUp: string[]): Promise<boolean> {
    const batch = await this.jobs.nextBatch(unitOfWork, BATCH_SIZE, heldUp);
    if (batch === undefined) {
      await this.jobs.finish(unitOfWork);
      return false;
    }
    if (batch.ids.length === 0) {
      heldUp.push(batch.job.id);
      return true;
    }
    await this.jobs.settle(unitOfWork, batch, await this.take(unitOfWork, batch));
    return true;
  }

  private async take(unitOfWork: UnitOfWork, { job, ids }: DeskJobBatch): Promise<string[]> {
    const action = { actor: job.actor, reason: job.reason, jobId: job.id };
    const from = takenByJob(job.kind, job.named ?? undefined);
    return job.kind === 'retry'
      ? this.desk.release(unitOfWork, ids, from, action)
      : this.desk.discard(unitOfWork, ids, from, action);
  }

  private async prune(): Promise<void> {
    const now = this.clock.now().getTime();
    if (now - this.lastPrune < PRUNE_INTERVAL_MS) return;
    this.lastPrune = now;
    const before = new Date(now - this.options.failedMessageRetentionDays * DAY_MS);
    const more = (step: (unitOfWork: UnitOfWork) => Promise<boolean>) => this.transactions.run(step);
    while (
      !this.stopping.signal.aborted &&
      (await more((unitOfWork) => this.desk.prune(unitOfWork, before, BATCH_SIZE)))
    );
    while (!this.stopping.signal.aborted && (await more((unitOfWork) => this.jobs.prune(unitOfWork, before))));
  }
}
