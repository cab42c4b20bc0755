import { Injectable } from '@nestjs/common';
import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';
import { Clock, SystemClock } from './clock';

/** The only source of new identifiers; also its own injection token (`PlatformModule` provides `UuidV7Ids`). */
export abstract class Ids {
  /** A new UUID v7 in lower case, 36 characters. Ids of one process sort in the order they were made, as long as its clock is not set back by more than a second. */
  abstract next(): string;
}

/** What `uuid` wants for each, although it uses only some of them. */
const RANDOM_BYTES = 16;
/** Behind its last id by more than this, the clock has been put right: ids then follow it again instead of waiting for it to catch up. */
const CLOCK_WAS_WRONG_MS = 1_000;
const POOL_BYTES = 256 * RANDOM_BYTES;

/**
 * UUID v7 (RFC 9562): starts with the time in milliseconds, so that new rows land at the end of an index.
 * Within one process the order is strict even inside one millisecond, and when the clock goes back by less than a second; across processes it is only the clock's.
 *
 * Randomness is drawn for many at a time: left to itself `uuid` goes to OpenSSL for each id, which is most of what an id
 * costs and was 2 to 3 % of a busy service.
 */
@Injectable()
export class UuidV7Ids extends Ids {
  private readonly pool = Buffer.alloc(POOL_BYTES);
  private used = POOL_BYTES;
  private msecs = 0;
  /** 32 bits; counts the ids of one millisecond from a random number on. */
  private seq = 0;

  constructor(private readonly clock: Clock = new SystemClock()) {
    super();
  }

  next(): string {
    const random = this.draw();
    const now = this.clock.now().getTime();
    if (now > this.msecs || now < this.msecs - CLOCK_WAS_WRONG_MS) {
      this.msecs = now;
      this.seq = random.readUInt32BE(0) >>> 1; // leaves room to count
    } else {
      this.seq = (this.seq + 1) >>> 0;
      if (this.seq === 0) this.msecs += 1;
    }
    return v7({ random, msecs: this.msecs, seq: this.seq });
  }

  private draw(): Buffer {
    if (this.used === POOL_BYTES) {
      randomFillSync(this.pool);
      this.used = 0;
    }
    this.used += RANDOM_BYTES;
    return this.pool.subarray(this.used - RANDOM_BYTES, this.used);
  }
}
