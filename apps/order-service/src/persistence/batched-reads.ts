/** Reads that are under way at a time: the connections are not for those alone who read. */
const AT_A_TIME = 2;
/** Keys of one read; so many results are made of its rows in one go. */
const MOST_KEYS = 50;
/** Keys that wait for a read, beyond which a new one is refused. */
const MOST_WAITING = 5_000;
/** As long as a request waits for a connection of the pool, in milliseconds. */
const PATIENCE_MS = 3_000;
const LOOK_FOR_LATE_MS = 500;

/** Somebody who waits for the read of a key, with all others who do. */
interface Reader<Value> extends PromiseWithResolvers<Value | undefined> {
  /** By `performance.now()`. */
  readonly since: number;
}

/**
 * Reads that many ask for at once. Who asks joins the next read, with all others who do, and never one that has begun: whatever had
 * happened when he asked is in his answer. Nobody waits for a read to begin for more than three seconds.
 */
export class BatchedReads<Value> {
  private readonly waiting = new Map<string, Reader<Value>>();
  private running = 0;
  private begins = false;
  private watch: NodeJS.Timeout | undefined;

  /**
   * @param load gives what there is of these keys; it has to come to an end by itself.
   * @param refusal what a reader is refused with whose turn does not come.
   */
  constructor(
    private readonly load: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
    private readonly refusal: () => Error,
  ) {}

  /** Rejects when the read that has this key fails, and with the refusal when too many wait, or for too long. */
  read(key: string): Promise<Value | undefined> {
    const before = this.waiting.get(key);
    if (before !== undefined) return before.promise;
    if (this.waiting.size >= MOST_WAITING) return Promise.reject(this.refusal());
    const reader = { ...Promise.withResolvers<Value | undefined>(), since: performance.now() };
    this.waiting.set(key, reader);
    this.beginSoon();
    this.watch ??= setTimeout(() => this.refuseLate(), LOOK_FOR_LATE_MS).unref();
    return reader.promise;
  }

  /** The longest waiting come first. */
  private refuseLate(): void {
    const late = performance.now() - PATIENCE_MS;
    for (const [key, reader] of this.waiting) {
      if (reader.since > late) break;
      this.waiting.delete(key);
      reader.reject(this.refusal());
    }
    this.watch = this.waiting.size === 0 ? undefined : setTimeout(() => this.refuseLate(), LOOK_FOR_LATE_MS).unref();
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
