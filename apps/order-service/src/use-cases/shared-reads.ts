interface Read<Value> {
  readonly begun: number;
  readonly value: Promise<Value>;
}

/**
 * Reads of which there is one at a time for each key, however many ask. Nobody gets the answer of a read that began before the moment he
 * names: what has happened until then is in it. Who comes while an older one is under way shares the next, with all others who do.
 */
export class SharedReads<Value> {
  private readonly underWay = new Map<string, Read<Value>>();
  private readonly next = new Map<string, Promise<Value>>();

  /**
   * @param since by `performance.now()`, of this process.
   * @param load has to come to an end by itself: others wait for it.
   */
  read(key: string, since: number, load: () => Promise<Value>): Promise<Value> {
    const current = this.underWay.get(key);
    if (current === undefined) return this.begin(key, load);
    if (current.begun >= since) return current.value;
    const next = this.next.get(key) ?? this.after(current, key, load);
    this.next.set(key, next);
    return next;
  }

  private begin(key: string, load: () => Promise<Value>): Promise<Value> {
    const read = { begun: performance.now(), value: load() };
    this.underWay.set(key, read);
    const end = (): void => {
      if (this.underWay.get(key) === read) this.underWay.delete(key);
    };
    read.value.then(end, end);
    return read.value;
  }

  private async after(current: Read<Value>, key: string, load: () => Promise<Value>): Promise<Value> {
    await current.value.catch(() => undefined);
    this.next.delete(key);
    return this.begin(key, load);
  }
}
