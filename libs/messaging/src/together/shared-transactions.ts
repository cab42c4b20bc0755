import { bisect } from '@app/platform';
import { CommitOutcomeUnknown, sqlState } from '@app/postgres';
import { classifyFailure } from '../failed/failure';
import { GroupCommit, type GroupCommitLimits, type Settled } from '../linger/group-commit';
import { AroundLocks } from '../unit-of-work/around-locks';
import type { Transactions } from '../unit-of-work/transactions';
import type { UnitOfWork } from '../unit-of-work/unit-of-work';

/** Work whose inputs may share a transaction, and how each of them is answered. */
export interface SharedWork<Input, Output> {
  orderIdOf(input: Input): string;
  /** Does inputs, one or many, and answers for each in their order; the answers count once the transaction is committed. */
  perform(unitOfWork: UnitOfWork, inputs: readonly Input[]): Promise<readonly Settled<Output>[]>;
  /** The answers of those inputs that are stored, in the order of the inputs: the answer to COMMIT was lost. */
  stored(unitOfWork: UnitOfWork, inputs: readonly Input[]): Promise<readonly (Settled<Output> | undefined)[]>;
  /** What an input is rejected with that needs rows somebody else has locked. */
  lockedOut(input: Input): Error;
}

type Outcomes<Input, Output> = Map<Input, Settled<Output>>;

/**
 * Lets callers that arrive together share one transaction; each is still answered for itself. When one of them makes the shared
 * transaction fail, it is halved until that one stands alone. One whose rows somebody has locked is refused, and the others do not
 * wait for it. An outage is nobody's fault: whoever was part of that transaction is told of it, and nothing is tried again.
 */
export class SharedTransactions<Input extends object, Output> {
  private readonly group: GroupCommit<Input, Output>;
  private readonly locks: AroundLocks;

  constructor(
    private readonly transactions: Transactions,
    private readonly work: SharedWork<Input, Output>,
    limits: GroupCommitLimits,
  ) {
    this.locks = new AroundLocks(transactions);
    this.group = new GroupCommit((inputs) => this.perform(inputs), limits);
  }

  /**
   * Resolves or rejects with the outcome of this input, when it is committed.
   * @throws Overloaded when too many wait, or this one has waited too long; CommitOutcomeUnknown when nobody can tell whether it is
   * stored; what `lockedOut` gives; whatever `perform` throws about this input.
   */
  submit(input: Input): Promise<Output> {
    return this.group.submit(input);
  }

  /** Never rejects: what was stored for some must not be reported as failed because others could not be. */
  private async perform(inputs: readonly Input[]): Promise<Settled<Output>[]> {
    const outcomes: Outcomes<Input, Output> = new Map();
    const open = (some: readonly Input[]): Input[] => some.filter((input) => !outcomes.has(input));
    await bisect(inputs, {
      together: async (some) => {
        try {
          await this.performFree(outcomes, some);
        } catch (error) {
          const left = open(some);
          if (error instanceof CommitOutcomeUnknown) await this.findOut(outcomes, left, error);
          else if (classifyFailure(error) === 'permanent') throw error;
          else left.forEach((input) => outcomes.set(input, rejected(error)));
        }
      },
      alone: (input, error) => void outcomes.set(input, rejected(error)),
      isTheirs: () => true,
      left: open,
    });
    return inputs.map((input) => outcomes.get(input) ?? rejected(this.work.lockedOut(input)));
  }

  private async performFree(outcomes: Outcomes<Input, Output>, inputs: readonly Input[]): Promise<void> {
    const heldUp = await this.locks.run(
      inputs,
      (input) => this.work.orderIdOf(input),
      async (unitOfWork, free) => {
        if (free.length === 0) return;
        const answers = await this.work.perform(unitOfWork, free);
        unitOfWork.afterCommit(() => record(outcomes, free, answers));
      },
    );
    heldUp.forEach((input) => outcomes.set(input, rejected(this.work.lockedOut(input))));
  }

  /**
   * COMMIT was not answered. What is stored tells what became of it; the rest can be stored now. That waits for a transaction that is
   * still under way, and is refused if that commits in the end; then it is there to be found.
   */
  private async findOut(
    outcomes: Outcomes<Input, Output>,
    inputs: readonly Input[],
    unknown: CommitOutcomeUnknown,
    mayCommitYet = true,
  ): Promise<void> {
    try {
      const found = await this.transactions.run(async (unitOfWork) => {
        const stored = await this.work.stored(unitOfWork, inputs);
        const missing = inputs.filter((_, index) => stored[index] === undefined);
        const answers = missing.length === 0 ? [] : await this.work.perform(unitOfWork, missing);
        const performed = new Map(missing.map((input, index) => [input, answers[index]]));
        return inputs.map((input, index) => stored[index] ?? performed.get(input) ?? rejected(unknown));
      });
      record(outcomes, inputs, found);
    } catch (error) {
      if (mayCommitYet && sqlState(error) === '23505') return this.findOut(outcomes, inputs, unknown, false);
      inputs.forEach((input) => outcomes.set(input, rejected(unknown)));
    }
  }
}

function record<Input, Output>(
  outcomes: Outcomes<Input, Output>,
  inputs: readonly Input[],
  answers: readonly Settled<Output>[],
): void {
  inputs.forEach((input, index) => {
    const answer = answers[index];
    if (answer !== undefined) outcomes.set(input, answer);
  });
}

function rejected(reason: unknown): PromiseRejectedResult {
  return { status: 'rejected', reason };
}
