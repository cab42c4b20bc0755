/** What the handling of a batch and the consumer that fetched it tell each other meanwhile. */
export interface BatchControl {
  /** Whether nothing more may be begun: the group wants this member back, or the consumer is stopping. */
  interrupted(): boolean;
  /** Part of the batch is done with. */
  progressed(): void;
}
