import { Injectable } from '@nestjs/common';
import { randomFillSync } from 'node:crypto';
import { ORDER_NUMBER_BYTES, orderNumberFrom } from '../domain/order-number';
import { SALT_BYTES } from '../domain/salted-hash';

/** Values that are drawn from the pool at a time: going to OpenSSL for each would be most of its cost. */
const DRAWN_TOGETHER = 256;

/** Random values of so many bytes each. What it gives is valid until the next call. */
class RandomPool {
  private readonly pool: Buffer;
  private used: number;

  constructor(private readonly bytes: number) {
    this.pool = Buffer.alloc(DRAWN_TOGETHER * bytes);
    this.used = this.pool.length;
  }

  next(): Buffer {
    if (this.used === this.pool.length) {
      randomFillSync(this.pool);
      this.used = 0;
    }
    this.used += this.bytes;
    return this.pool.subarray(this.used - this.bytes, this.used);
  }
}

/** The source of new order numbers; also its own injection token. */
export abstract class OrderNumbers {
  /** A number that nobody can guess from others. It may be taken: of a million orders, one in a million new numbers is. */
  abstract next(): string;
}

@Injectable()
export class RandomOrderNumbers extends OrderNumbers {
  private readonly pool = new RandomPool(ORDER_NUMBER_BYTES);

  next(): string {
    return orderNumberFrom(this.pool.next());
  }
}

/** The source of salts, in hexadecimal. */
@Injectable()
export class Salts {
  private readonly pool = new RandomPool(SALT_BYTES);

  next(): string {
    return this.pool.next().toString('hex');
  }
}
