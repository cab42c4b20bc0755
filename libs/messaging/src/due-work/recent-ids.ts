/**
 * Remembers at least the `atLeast` newest ids, and at most twice as many. Two sets take turns: a single one, of which the oldest
 * is deleted for each that is new, looks for its oldest behind all the places that deleted ones have left.
 */
export class RecentIds {
  private newer = new Set<string>();
  private older = new Set<string>();

  constructor(private readonly atLeast: number) {}

  add(id: string): void {
    if (this.newer.size >= this.atLeast) {
      this.older = this.newer;
      this.newer = new Set();
    }
    this.newer.add(id);
  }

  has(id: string): boolean {
    return this.newer.has(id) || this.older.has(id);
  }
}
