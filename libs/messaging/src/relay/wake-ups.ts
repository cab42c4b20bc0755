/** Wakes a waiting loop. A wake-up between its check and its wait is not lost. */
export class WakeUps {
  private readonly waiting = new Set<() => void>();
  /** How many there have been; to be read before looking. */
  count = 0;

  wake(): void {
    this.count += 1;
    for (const resolve of [...this.waiting]) resolve();
  }

  /** Resolves when there has been one since the `seen`th, and after `atMostMs` milliseconds anyway. */
  async since(seen: number, atMostMs: number): Promise<void> {
    if (this.count !== seen) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, atMostMs);
    this.waiting.add(resolve);
    await promise;
    clearTimeout(timer);
    this.waiting.delete(resolve);
  }
}
