/** How often a line of one kind is written, in milliseconds. */
const INTERVAL_MS = 1_000;

/**
 * Lets one line of a kind through in each second. How many more there were is told at the end of that second: nothing is lost without a
 * trace, and a thousand refusals are two lines. Kinds have to be few, such as error codes.
 */
export class LineLimit {
  private readonly heldBack = new Map<string, number>();

  /** Calls `write` unless there was a line of this kind within the last second; then `writeMore`, later, with their number. */
  write(kind: string, write: () => void, writeMore: (count: number) => void): void {
    const count = this.heldBack.get(kind);
    if (count !== undefined) {
      this.heldBack.set(kind, count + 1);
      return;
    }
    this.heldBack.set(kind, 0);
    // At the end of a process it is not waited for.
    setTimeout(() => {
      const more = this.heldBack.get(kind) ?? 0;
      this.heldBack.delete(kind);
      if (more > 0) writeMore(more);
    }, INTERVAL_MS).unref();
    write();
  }
}
