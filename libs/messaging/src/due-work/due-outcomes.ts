import { backoff, bisect, sleep } from '@app/platform';
import { AroundLocks } from '../unit-of-work/around-locks';
import type { DueItem, DueWork } from './due-work';
import { classifyFailure } from '../failed/failure';
import { GroupCommit } from '../linger/group-commit';
import { RowsLocked } from '../unit-of-work/locked-rows';
import type { LingerTimes } from '../messaging-options';
import type { Transactions } from '../unit-of-work/transactions';

/** How soon an outcome is offered again whose row somebody else has locked. */
const LOCKED_FOR_MS = 500;

const RECORDED: PromiseFulfilledResult<void> = { status: 'fulfilled', value: undefined };

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

  /** One bad outcome does not keep the others from being recorded. */
  private async settle(results: readonly Result<Item, Outcome>[]): Promise<PromiseSettledResult<void>[]> {
    const settled = new Map<Result<Item, Outcome>, PromiseSettledResult<void>>();
    let interrupted: unknown;
    await bisect(results, {
      together: async (some) => {
        const heldUp = new Set(await this.settleThroughOutages(some));
        for (const result of some) {
          if (heldUp.has(result)) settled.set(result, rejected(new RowsLocked([result.item.orderId])));
          else settled.set(result, RECORDED);
        }
      },
      alone: (result, error) => void settled.set(result, rejected(error)),
      isTheirs: (error) => classifyFailure(error) !== 'infrastructure',
    }).catch((error: unknown) => (interrupted = error));
    return results.map((result) => settled.get(result) ?? rejected(interrupted));
  }

  /** @returns those whose rows are locked. @throws what fails for another reason, or when there is no time left to wait. */
  private async settleThroughOutages(results: readonly Result<Item, Outcome>[]): Promise<Result<Item, Outcome>[]> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.settleFree(results);
      } catch (error) {
        if (classifyFailure(error) !== 'infrastructure' || this.stopping.aborted) throw error;
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
}

function rejected(reason: unknown): PromiseRejectedResult {
  return { status: 'rejected', reason };
}
