import { isSerializationFailure } from '@app/platform';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DatabaseSession } from './database-session';
import type { LockWaits } from './locked-rows';
import { Outbox } from './outbox';
import { OutboxSignal } from './outbox-signal';
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

/** Runs units of work. */
@Injectable()
export class Transactions {
  private readonly logger = new Logger(Transactions.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
    private readonly signal: OutboxSignal,
  ) {}

  /**
   * Runs `work` in one transaction and commits it together with the events it published. Whatever `work` throws rolls
   * everything back and is thrown on. A deadlock or serialisation failure is PostgreSQL asking for another try: `work`
   * runs again from the start, at most {@link SERIALIZATION_RETRIES} times, so it must not have effects outside of the
   * unit of work.
   * @param locks how it meets rows that somebody else has locked; else each statement waits as long as the connection lets it.
   */
  async run<T>(work: (unitOfWork: UnitOfWork) => Promise<T>, locks?: LockWaits): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.runOnce(work, locks);
      } catch (error) {
        if (!isSerializationFailure(error) || attempt > SERIALIZATION_RETRIES) throw error;
      }
    }
  }

  private async runOnce<T>(work: (unitOfWork: UnitOfWork) => Promise<T>, locks?: LockWaits): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    let unitOfWork: UnitOfWork;
    let result: T;
    try {
      const session = await DatabaseSession.of(runner);
      unitOfWork = new UnitOfWork(session, locks);
      await session.execute(beginWith(locks));
      try {
        result = await work(unitOfWork);
        for (const conclude of unitOfWork.pending.conclusions) await conclude();
        await this.outbox.store(unitOfWork, unitOfWork.pending.events);
        if (unitOfWork.pending.forRelay) await this.signal.announceIn(unitOfWork);
        for (const hook of unitOfWork.pending.beforeCommit) await hook();
        await session.commit();
      } catch (error) {
        await this.rollBack(session);
        throw error;
      }
    } finally {
      await runner.release();
    }
    await this.afterCommit(unitOfWork);
    return result;
  }

  /** On a broken connection the rollback fails too; the pool discards that connection, which rolls back by itself. */
  private async rollBack(session: DatabaseSession): Promise<void> {
    await session.execute('ROLLBACK').catch((error: unknown) => {
      this.logger.debug(`rollback not possible: ${String(error)}`);
    });
  }

  private async afterCommit(unitOfWork: UnitOfWork): Promise<void> {
    for (const hook of unitOfWork.pending.afterCommit) {
      try {
        await hook();
      } catch (error) {
        this.logger.error('a hook failed after commit', error instanceof Error ? error.stack : String(error));
      }
    }
    if (unitOfWork.pending.forRelay) this.signal.committed();
  }
}
