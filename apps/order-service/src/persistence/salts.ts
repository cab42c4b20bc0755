import { Injectable } from '@nestjs/common';
import { randomFillSync } from 'node:crypto';
import { SALT_BYTES } from '../domain/salted-hash';

const POOL_BYTES = 256 * SALT_BYTES;

/** The source of salts: random, in hexadecimal. The randomness is drawn for many at a time, as that of order numbers is. */
@Injectable()
export class Salts {
  private readonly pool = Buffer.alloc(POOL_BYTES);
  private used = POOL_BYTES;

  next(): string {
    if (this.used === POOL_BYTES) {
      randomFillSync(this.pool);
      this.used = 0;
    }
    this.used += SALT_BYTES;
    return this.pool.toString('hex', this.used - SALT_BYTES, this.used);
  }
}
