import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 4_096;
const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/** A random trace id, 32 hexadecimal digits. */
export function newTraceId(): string {
  return randomHex(16);
}

/** A random span id, 16 hexadecimal digits. */
export function newSpanId(): string {
  return randomHex(8);
}

/** Drawn for many at a time: OpenSSL is most of what one costs. */
function randomHex(bytes: number): string {
  if (used + bytes > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}
