import { Injectable } from '@nestjs/common';
import { Transactions } from '@app/messaging';
import { jobNotFound, takenByJob } from './desk-rules';
import { DeskJobRepository, type NewDeskJob, type ShownDeskJob } from './desk-job.repository';
import { DeskWorker } from './desk-worker';
import { FailedMessageReader, type ShownFailedMessage } from './failed-message.reader';

const SAMPLE = 10;

export type DeskJobOrder = Omit<NewDeskJob, 'takes'>;

/** What a job would do. */
export interface DryRun {
  readonly matching: number;
  readonly wouldTake: number;
  readonly skippedQuarantined: number;
  readonly sample: readonly ShownFailedMessage[];
}

/** Retries or discards everything that matches a filter, as a job, or tells beforehand what that would be. */
@Injectable()
export class StartDeskJob {
  constructor(
    private readonly transactions: Transactions,
    private readonly jobs: DeskJobRepository,
    private readonly worker: DeskWorker,
    private readonly reader: FailedMessageReader,
  ) {}

  async execute(order: DeskJobOrder): Promise<ShownDeskJob> {
    const takes = takenByJob(order.kind, order.filter.status);
    const id = await this.transactions.run((unitOfWork) => this.jobs.create(unitOfWork, { ...order, takes }));
    const job = await this.jobs.find(id);
    if (job === undefined) throw jobNotFound(id);
    this.worker.wake();
    return job;
  }

  async dryRun({ kind, filter, max }: DeskJobOrder): Promise<DryRun> {
    const takes = takenByJob(kind, filter.status);
    const counts = await this.reader.count(filter);
    const sum = (statuses: readonly string[]) =>
      Object.entries(counts).reduce((total, [status, count]) => total + (statuses.includes(status) ? count : 0), 0);
    const wanted = filter.status === undefined ? takes : takes.filter((status) => status === filter.status);
    return {
      matching: sum(Object.keys(counts)),
      wouldTake: Math.min(max, sum(wanted)),
      skippedQuarantined: kind === 'retry' ? (counts.quarantined ?? 0) : 0,
      sample: wanted.length === 0 ? [] : await this.reader.oldest(filter, wanted, Math.min(SAMPLE, max)),
    };
  }
}
