/** Reads that are under way at a time: the connections are not for those alone who read. */
const AT_A_TIME = 2;
/** Keys of one read; so many results are made of its rows in one go. */
const MOST_KEYS = 50;

/**
 * Reads that many ask for at once. Who asks joins the next read, with all others who do, and never one that has begun: whatever had
 * happened when he asked is in his answer.
 */
export class BatchedReads<Value> {
  private readonly waiting = new Map<string, PromiseWithResolvers<Value | undefined>>();
  private running = 0;
  private begins = false;

  /** @param load gives what there is of these keys; it has to come to an end by itself. */
  constructor(private readonly load: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>) {}

  /** Rejects when the read that has this key fails. */
  read(key: string): Promise<Value | undefined> {
    const reader = this.waiting.get(key) ?? Promise.withResolvers<Value | undefined>();
    this.waiting.set(key, reader);
    this.beginSoon();
    return reader.promise;
  }

  /** When everybody who asks in this turn of the event loop has asked. */
  private beginSoon(): void {
    if (this.begins || this.running >= AT_A_TIME || this.waiting.size === 0) return;
    this.begins = true;
    setImmediate(() => {
      this.begins = false;
      void this.run();
      this.beginSoon();
    });
  }

  private async run(): Promise<void> {
    const readers = [...this.waiting].slice(0, MOST_KEYS);
    readers.forEach(([key]) => this.waiting.delete(key));
    this.running += 1;
    try {
      const found = await this.load(readers.map(([key]) => key));
      for (const [key, reader] of readers) reader.resolve(found.get(key));
    } catch (error) {
      for (const [, reader] of readers) reader.reject(error);
    }
    this.running -= 1;
    this.beginSoon();
  }
}
