export type RequestKind = 'create' | 'read' | 'cancel' | 'deliver' | 'list';

/** What the load sent and what it was answered. Times are milliseconds since the load began. */
export interface JournalEntry {
  readonly kind: RequestKind;
  /** When it was due, which is when the client began to wait. */
  readonly at: number;
  readonly ms: number;
  /** 0: no answer came. */
  readonly status: number;
  /** Who asked: requests of one client follow one another, except for the copies of a keyed create. */
  readonly client: string;
  readonly orderId?: string | undefined;
  /** State of the order as answered. */
  readonly state?: string | undefined;
  readonly key?: string | undefined;
  readonly product?: string | undefined;
  readonly quantity?: number | undefined;
  /** The bytes of an answer that has to be equal to another one. */
  readonly body?: string | undefined;
  readonly retryAfter?: boolean | undefined;
  /** Ids of the orders on the pages of a list, in their order. */
  readonly listed?: readonly string[] | undefined;
}

/** The load's own memory, against which the system is held. */
export class Journal {
  readonly entries: JournalEntry[] = [];

  add(entry: JournalEntry): void {
    this.entries.push(entry);
  }

  of(kind: RequestKind): JournalEntry[] {
    return this.entries.filter((entry) => entry.kind === kind);
  }

  /** Ids of all orders a client was told of, each once. */
  get acknowledged(): string[] {
    const ids = this.of('create').flatMap(({ status, orderId }) => (status === 201 && orderId ? [orderId] : []));
    return [...new Set(ids)];
  }
}
