import type { FetchedMessage } from '../record/consumed-record';

/** How often a batch is fetched before it counts as unreadable: the connection may have corrupted it. */
const LOOKS = 3;

/** Where something could not be read, and why. */
export interface UnreadablePlace {
  readonly topic: string;
  readonly partition: number;
  /** Of the first record that could not be read. */
  readonly offset: string;
  readonly error: Error;
}

/**
 * Holds back what the client could not read until it has been fetched again, and found unreadable again. From then on it is let
 * through, to be put aside like any other record that is of no use.
 */
export class UnreadableBatches {
  private readonly seen = new Map<string, { readonly place: UnreadablePlace; looks: number }>();

  /** @param lookAgain called when a batch is held back: the next fetch should come over a fresh connection. */
  constructor(private readonly lookAgain: (place: UnreadablePlace) => void) {}

  /** What stands in the way at this moment. */
  get places(): UnreadablePlace[] {
    return [...this.seen.values()].map(({ place }) => place);
  }

  /** @returns the messages from the front that may be handled now. */
  admit<Message extends FetchedMessage>(
    topic: string,
    partition: number,
    messages: readonly Message[],
  ): readonly Message[] {
    const held = messages.findIndex(
      (message) => message.unreadable !== undefined && !this.isSure(topic, partition, message),
    );
    return held < 0 ? messages : messages.slice(0, held);
  }

  /** All records of the partition up to here are done with. */
  done(topic: string, partition: number, offset: string): void {
    if (this.seen.size === 0) return;
    const known = this.seen.get(keyOf(topic, partition));
    if (known !== undefined && BigInt(known.place.offset) <= BigInt(offset)) this.seen.delete(keyOf(topic, partition));
  }

  private isSure(topic: string, partition: number, { unreadable }: FetchedMessage): boolean {
    if (unreadable === undefined) return true;
    const { firstOffset: offset, error } = unreadable;
    const key = keyOf(topic, partition);
    let known = this.seen.get(key);
    if (known?.place.offset !== offset) {
      known = { place: { topic, partition, offset, error }, looks: 0 };
      this.seen.set(key, known);
    }
    known.looks += 1;
    if (known.looks >= LOOKS) return true;
    this.lookAgain(known.place);
    return false;
  }
}

function keyOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
