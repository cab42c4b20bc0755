import { Injectable } from '@nestjs/common';
import { randomFillSync } from 'node:crypto';
import { ORDER_NUMBER_BYTES, orderNumberFrom } from '../domain/order-number';

/** The source of new order numbers; also its own injection token. */
export abstract class OrderNumbers {
  /** A number that nobody can guess from others. It may be taken: of a million orders, one in a million new numbers is. */
  abstract next(): string;
}

const POOL_BYTES = 256 * ORDER_NUMBER_BYTES;

/** Draws numbers at random, the randomness for many at a time: going to OpenSSL for each would be most of their cost. */
@Injectable()
export class RandomOrderNumbers extends OrderNumbers {
  private readonly pool = Buffer.alloc(POOL_BYTES);
  private used = POOL_BYTES;

  next(): string {
    if (this.used === POOL_BYTES) {
      randomFillSync(this.pool);
      this.used = 0;
    }
    this.used += ORDER_NUMBER_BYTES;
    return orderNumberFrom(this.pool.subarray(this.used - ORDER_NUMBER_BYTES, this.used));
  }
}
