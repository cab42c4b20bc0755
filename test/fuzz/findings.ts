/** Something that must not have happened, with what makes it happen again. */
export interface Finding {
  readonly part: string;
  readonly what: string;
  readonly detail: string;
  readonly reproduce: string;
}

/** What a run has done and found. */
export class Findings {
  readonly list: Finding[] = [];
  readonly counts = new Map<string, number>();

  /** Counts cases that were run. */
  ran(part: string, cases = 1): void {
    this.counts.set(part, (this.counts.get(part) ?? 0) + cases);
  }

  add(part: string, what: string, detail: string, reproduce: string): void {
    this.list.push({ part, what, detail: detail.slice(0, 1_500), reproduce });
  }

  get cases(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Counts first, then each kind of finding with three examples at most. */
  report(seed: number): string {
    const counts = [...this.counts].map(([part, count]) => `  ${part.padEnd(34)} ${String(count).padStart(7)} cases`);
    const kinds = Map.groupBy(this.list, ({ part, what }) => `${part}: ${what}`);
    const found = [...kinds].flatMap(([kind, findings]) => [
      `✕ ${kind} (${findings.length}×)`,
      ...findings.slice(0, 3).map(({ detail, reproduce }) => `    ${detail}\n    again: ${reproduce}`),
    ]);
    return [`seed ${seed}`, ...counts, `  total ${this.cases} cases, ${this.list.length} findings`, ...found].join(
      '\n',
    );
  }
}
