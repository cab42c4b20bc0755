import { RowsLocked } from './locked-rows';

interface Waiting {
  readonly begin: () => void;
}

/**
 * Lets callers with the same key work one after the other. Each would only wait for the same locked row, on a connection
 * that others could use: a few impatient clients of one order would take all there are.
 */
export class Turns {
  private readonly queues = new Map<string, Waiting[]>();

  /** @param maxWaitMs how long a caller waits for its turn. */
  constructor(private readonly maxWaitMs = 3_000) {}

  /** @throws RowsLocked when those before take too long; whatever `work` throws. */
  async take<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const queue = this.queues.get(key);
    if (queue === undefined) this.queues.set(key, []);
    else await this.turnIn(queue, key);
    try {
      return await work();
    } finally {
      const next = this.queues.get(key)?.shift();
      if (next === undefined) this.queues.delete(key);
      else next.begin();
    }
  }

  private turnIn(queue: Waiting[], key: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        begin: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        queue.splice(queue.indexOf(waiting), 1);
        reject(new RowsLocked([key]));
      }, this.maxWaitMs);
      queue.push(waiting);
    });
  }
}
