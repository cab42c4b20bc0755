import { CommitOutcomeUnknown, DatabaseSession, isSerializationFailure } from '@app/postgres';
import type { EventEnvelope } from '@app/cloudevents';
import { Tracing } from '@app/platform';
import { Injectable, Logger, Optional } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { recordCommit } from './commit-spans';
import type { LockWaits } from './locked-rows';
import { Outbox } from './outbox';
import { OutboxSignal } from './outbox-signal';
import { StepObserver } from './step-observer';
import { UnitOfWork } from './unit-of-work';

const SERIALIZATION_RETRIES = 5;

/*
 * Planning for the values at hand costs more than the work when a batch is small. All statements of a unit of work find their
 * rows by an index whatever is in the tables (see `dataSourceOptions`), so one plan is good for all values.
 */
const BEGIN = 'BEGIN; SET LOCAL plan_cache_mode = force_generic_plan';

function beginWith(locks: LockWaits | undefined): string {
  return locks === undefined ? BEGIN : `${BEGIN}; SET LOCAL lock_timeout = ${locks.timeoutMs}`;
}

interface Committed<T> {
  readonly result: T;
  readonly published: readonly EventEnvelope[];
}

/** Runs units of work. */
@Injectable()
export class Transactions {
  private readonly logger = new Logger(Transactions.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
    private readonly signal: OutboxSignal,
    @Optional() private readonly observer?: StepObserver,
    @Optional() private readonly tracing: Tracing = Tracing.off,
  ) {}

  /**
   * Runs `work` in one transaction and commits it together with the events it published. Whatever `work` throws rolls
   * everything back and is thrown on, with two exceptions. A deadlock or serialisation failure is PostgreSQL asking for another
   * try, at most {@link SERIALIZATION_RETRIES} times. And what fails because of its session (cut, gone read-only, without its
   * prepared statements) is run on another one, until one fails that was opened for it. `work` then runs again from the start,
   * so it must not have effects outside of the unit of work.
   * @param locks how it meets rows that somebody else has locked; else each statement waits as long as the connection lets it.
   * @throws CommitOutcomeUnknown when the answer to COMMIT was lost. Only who called can say whether to run it again.
   */
  async run<T>(work: (unitOfWork: UnitOfWork) => Promise<T>, locks?: LockWaits): Promise<T> {
    const begun = performance.now();
    for (let conflicts = 0; ;) {
      const session = await DatabaseSession.of(this.dataSource);
      const unitOfWork = new UnitOfWork(session, locks);
      let committed: Committed<T>;
      try {
        committed = await this.commit(session, unitOfWork, work, locks);
      } catch (error) {
        if (isSerializationFailure(error)) conflicts += 1;
        else if (!session.mayRunElsewhere(error, begun)) throw error;
        if (conflicts > SERIALIZATION_RETRIES) throw error;
        continue;
      }
      await this.afterCommit(unitOfWork, committed.published);
      return committed.result;
    }
  }

  private async commit<T>(
    session: DatabaseSession,
    unitOfWork: UnitOfWork,
    work: (unitOfWork: UnitOfWork) => Promise<T>,
    locks: LockWaits | undefined,
  ): Promise<Committed<T>> {
    try {
      await session.execute(beginWith(locks));
      const result = await work(unitOfWork);
      for (const conclude of unitOfWork.pending.conclusions) await conclude();
      const published = await this.outbox.store(unitOfWork, unitOfWork.pending.events);
      if (unitOfWork.pending.forRelay) await this.signal.announceIn(unitOfWork);
      for (const hook of unitOfWork.pending.beforeCommit) await hook();
      await this.commitTraced(session, unitOfWork);
      return { result, published };
    } catch (error) {
      // There may be events to publish.
      if (error instanceof CommitOutcomeUnknown) this.signal.committed();
      await session.rollBack(error);
      throw error;
    } finally {
      await session.release();
    }
  }

  private async commitTraced(session: DatabaseSession, { pending: { events } }: UnitOfWork): Promise<void> {
    const stopwatch = this.tracing.isOn ? this.tracing.stopwatch() : undefined;
    await session.commit();
    if (stopwatch !== undefined) recordCommit(this.tracing, events, stopwatch);
  }

  private async afterCommit(unitOfWork: UnitOfWork, published: readonly EventEnvelope[]): Promise<void> {
    for (const hook of unitOfWork.pending.afterCommit) {
      try {
        await hook();
      } catch (error) {
        this.logger.error('After-commit hook failed', error instanceof Error ? error.stack : String(error));
      }
    }
    if (unitOfWork.pending.forRelay) this.signal.committed();
    this.tell(unitOfWork, published);
  }

  private tell({ pending: { notes } }: UnitOfWork, published: readonly EventEnvelope[]): void {
    try {
      if (published.length > 0) this.observer?.published(published);
      if (notes.length > 0) this.observer?.noted(notes);
    } catch (error) {
      this.logger.error('The observer of steps failed', error instanceof Error ? error.stack : String(error));
    }
  }
}
