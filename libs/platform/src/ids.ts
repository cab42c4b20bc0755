import { v7 } from 'uuid';

/** The only source of new identifiers; also its own injection token (`PlatformModule` provides `UuidV7Ids`). */
export abstract class Ids {
  /** A new UUID v7 in lower case, 36 characters. Ids of one process sort in the order they were made. */
  abstract next(): string;
}

/**
 * UUID v7 (RFC 9562): starts with the time in milliseconds, so that new rows land at the end of an index.
 * Within one process the order is strict even inside one millisecond; across processes it is only the clock's.
 */
export class UuidV7Ids extends Ids {
  next(): string {
    return v7();
  }
}
