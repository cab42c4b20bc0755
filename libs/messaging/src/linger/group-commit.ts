import { sleep } from '@app/platform';
import { Pace } from './pace';
import type { LingerTimes } from '../messaging-options';

/** Refused because too much is waiting already; the caller should try again later. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded';
}

/** The outcome of one input of a group. */
export type Settled<Output> = PromiseSettledResult<Output>;

/** Bounds of a {@link GroupCommit}. */
export interface GroupCommitLimits {
  readonly maxGroup: number;
  /** Inputs in the queue, beyond which `submit` rejects with {@link Overloaded}. */
  readonly maxWaiting: number;
  /** Milliseconds in the queue after which an input is rejected with {@link Overloaded} instead of joining a group. */
  readonly maxWaitMs?: number;
  /** Groups in progress at a time; 1 unless told. */
  readonly concurrency?: number;
  /** How long to let inputs gather after a group; not at all by default. */
  readonly linger?: LingerTimes;
}

interface Waiting<Input, Output> {
  readonly input: Input;
  readonly since: number;
  readonly resolve: (output: Output) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets callers that arrive together share one transaction. While a group is being committed the next one gathers, so the
 * groups grow with the load and an idle system adds no delay.
 */
export class GroupCommit<Input, Output> {
  private readonly waiting: Waiting<Input, Output>[] = [];
  private readonly pace: Pace;
  private active = 0;
  private idle: (() => void)[] = [];

  /**
   * @param commit Gets one to `maxGroup` inputs and answers for each, in their order. When it rejects, everyone in the
   * group is told the same.
   */
  constructor(
    private readonly commit: (inputs: readonly Input[]) => Promise<readonly Settled<Output>[]>,
    private readonly limits: GroupCommitLimits,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.pace = new Pace(limits.linger ?? { idleMs: 0, busyMs: 0 }, now);
  }

  /** Joins the next group; resolves or rejects with the outcome of this input alone. */
  submit(input: Input): Promise<Output> {
    if (this.waiting.length >= this.limits.maxWaiting) {
      return Promise.reject(new Overloaded(`${this.waiting.length} already waiting`));
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ input, since: this.now(), resolve, reject });
      // Callers of the same turn of the event loop join before the group leaves.
      setImmediate(() => this.next());
    });
  }

  /** Resolves once nothing waits and nothing is in progress. */
  async drained(): Promise<void> {
    if (this.active === 0 && this.waiting.length === 0) return;
    await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private next(): void {
    this.refuseLate();
    while (this.waiting.length > 0 && this.active < (this.limits.concurrency ?? 1)) {
      this.active += 1;
      void this.run(this.waiting.splice(0, this.limits.maxGroup));
    }
    if (this.active > 0 || this.waiting.length > 0) return;
    this.idle.splice(0).forEach((resolve) => resolve());
  }

  /** Rejects inputs that have waited too long: their callers have given up, so they must not delay the others. */
  private refuseLate(): void {
    const oldest = this.now() - (this.limits.maxWaitMs ?? Infinity);
    const inTime = this.waiting.findIndex(({ since }) => since >= oldest);
    const late = this.waiting.splice(0, inTime === -1 ? this.waiting.length : inTime);
    late.forEach(({ reject }) => reject(new Overloaded(`waited longer than ${this.limits.maxWaitMs ?? 0} ms`)));
  }

  private async run(group: typeof this.waiting): Promise<void> {
    const begun = this.now();
    try {
      const outcomes = await this.commit(group.map(({ input }) => input));
      group.forEach(({ resolve, reject }, index) => {
        const outcome = outcomes[index];
        if (outcome?.status === 'fulfilled') resolve(outcome.value);
        else reject(outcome?.reason ?? new TypeError('no outcome for this input'));
      });
    } catch (error) {
      group.forEach(({ reject }) => reject(error));
    } finally {
      const pause = this.pace.pauseAfter(this.now() - begun);
      if (pause > 0) await sleep(pause);
      this.active -= 1;
      this.next();
    }
  }
}
