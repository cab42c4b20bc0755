import { AroundLocks } from '../unit-of-work/around-locks';
import type { DueItem, DueWork } from './due-work';
import { classifyFailure } from '../failed/failure';
import { GroupCommit } from '../linger/group-commit';
import { RowsLocked } from '../unit-of-work/locked-rows';
import type { LingerTimes } from '../linger/pace';
import { backoff, sleep } from '../linger/sleep';
import type { Transactions } from '../unit-of-work/transactions';

/** How soon an outcome is offered again whose row somebody else has locked. */
const LOCKED_FOR_MS = 500;

interface Result<Item, Outcome> {
  readonly item: Item;
  readonly outcome: Outcome;
}

/** Records what came of items of due work. Outcomes that come at the same time share a transaction. */
export class DueOutcomes<Item extends DueItem, Outcome> {
  private readonly group: GroupCommit<Result<Item, Outcome>, void>;
  private readonly locks: AroundLocks;

  /** @param stopping aborts when nothing is to be waited for any more. */
  constructor(
    private readonly work: Pick<DueWork<Item, Outcome>, 'settle'>,
    private readonly stopping: AbortSignal,
    transactions: Transactions,
    linger: LingerTimes,
    maxWaiting: number,
  ) {
    this.locks = new AroundLocks(transactions);
    this.group = new GroupCommit((results) => this.settle(results), { maxGroup: 500, linger, maxWaiting });
  }

  /**
   * Resolves when the outcome is recorded. The outside has acted, so an outage or a lock is waited out for as long as the process
   * lives; what is locked keeps no other outcome waiting. Rejects with what `settle` threw about this item.
   */
  async record(item: Item, outcome: Outcome): Promise<void> {
    for (;;) {
      try {
        return await this.group.submit({ item, outcome });
      } catch (error) {
        if (!(error instanceof RowsLocked) || this.stopping.aborted) throw error;
        await sleep(LOCKED_FOR_MS, this.stopping);
      }
    }
  }

  private async settle(results: readonly Result<Item, Outcome>[]): Promise<PromiseSettledResult<void>[]> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const heldUp = new Set(await this.settleFree(results));
        return results.map((result) =>
          heldUp.has(result)
            ? { status: 'rejected', reason: new RowsLocked([result.item.orderId]) }
            : { status: 'fulfilled', value: undefined },
        );
      } catch (error) {
        const down = classifyFailure(error) === 'infrastructure';
        if (!down && results.length > 1) return this.settleEach(results);
        if (!down || this.stopping.aborted) return results.map(() => ({ status: 'rejected', reason: error }));
        await sleep(backoff(attempt, 100, 2_000), this.stopping);
      }
    }
  }

  /** @returns those whose rows are locked. */
  private settleFree(results: readonly Result<Item, Outcome>[]): Promise<Result<Item, Outcome>[]> {
    return this.locks.run(
      results,
      ({ item }) => item.orderId,
      async (unitOfWork, free) => {
        if (free.length > 0) await this.work.settle(unitOfWork, free);
      },
    );
  }

  /** One bad outcome must not keep the others from being recorded. */
  private async settleEach(results: readonly Result<Item, Outcome>[]): Promise<PromiseSettledResult<void>[]> {
    const outcomes: PromiseSettledResult<void>[] = [];
    for (const result of results) outcomes.push(...(await this.settle([result])));
    return outcomes;
  }
}
