import { createHash } from 'node:crypto';
import { EXCERPT_BYTES, VALUE_BYTES_HEADER, VALUE_SHA256_HEADER } from './record-bounds';
import { readVarInt, writeVarInt } from './varint';

const EMPTY = Buffer.alloc(0);
/** What comes before the value; a key that does not fit into it is not one that can be kept. */
const MAX_HEAD_BYTES = EXCERPT_BYTES + 64;

/** Where in a record its value is. */
interface Value {
  readonly lengthAt: number;
  readonly begin: number;
  readonly end: number;
}

/**
 * A record that is too large to be held, taken in piece by piece. What remains of it is a record with the same key, the beginning of
 * its value, its headers unless they are large themselves, and in two more headers the length and the SHA-256 of the whole value.
 */
export class OversizeRecord {
  private readonly hash = createHash('sha256');
  private head: Buffer = EMPTY;
  private readonly kept: Buffer[] = [];
  private keptBytes = 0;
  private readonly tail: Buffer[] = [];
  private seen = 0;
  private value: Value | undefined;

  /** @param length of the record in bytes, without the number that tells it. */
  constructor(private readonly length: number) {}

  get isComplete(): boolean {
    return this.seen === this.length;
  }

  /** Takes what belongs to the record. @returns what comes behind it. @throws when the record makes no sense. */
  take(bytes: Buffer): Buffer {
    const own = bytes.subarray(0, this.length - this.seen);
    this.seen += own.length;
    if (this.value !== undefined) this.split(own, this.seen - own.length, this.value);
    else {
      this.head = Buffer.concat([this.head, own]);
      this.value = findValue(this.head, this.length);
      if (this.value !== undefined) {
        const { head, value } = this;
        this.head = Buffer.from(head.subarray(0, value.lengthAt));
        this.split(head.subarray(value.begin), value.begin, value);
      } else if (this.isComplete || this.head.length > MAX_HEAD_BYTES) throw new RangeError('a record has no value');
    }
    return bytes.subarray(own.length);
  }

  /** The record as it is to be read instead, with its length in front. */
  excerpt(): Buffer {
    const value = Buffer.concat(this.kept);
    const wholeBytes = (this.value?.end ?? 0) - (this.value?.begin ?? 0);
    const added = [
      [VALUE_BYTES_HEADER, String(wholeBytes)],
      [VALUE_SHA256_HEADER, this.hash.digest('hex')],
    ].flatMap((texts) => texts.flatMap((text) => [writeVarInt(text.length), Buffer.from(text)]));
    const { count, bytes } = this.headers();
    const body = [this.head, writeVarInt(value.length), value, writeVarInt(count + 2), bytes, ...added];
    const size = body.reduce((sum, part) => sum + part.length, 0);
    return Buffer.concat([writeVarInt(size), ...body]);
  }

  private split(bytes: Buffer, from: number, { end }: Value): void {
    const ofValue = bytes.subarray(0, Math.max(0, end - from));
    this.hash.update(ofValue);
    const wanted = ofValue.subarray(0, EXCERPT_BYTES - this.keptBytes);
    this.keptBytes += wanted.length;
    if (wanted.length > 0) this.kept.push(Buffer.from(wanted));
    const rest = bytes.subarray(ofValue.length);
    if (rest.length > 0 && this.length - end <= EXCERPT_BYTES) this.tail.push(Buffer.from(rest));
  }

  private headers(): { count: number; bytes: Buffer } {
    const tail = Buffer.concat(this.tail);
    const count = tail.length === 0 ? undefined : readVarInt(tail, 0);
    return count === undefined || count.value < 0
      ? { count: 0, bytes: EMPTY }
      : { count: count.value, bytes: tail.subarray(count.end) };
  }
}

/** @returns undefined as long as the bytes do not reach to it. */
function findValue(head: Buffer, recordBytes: number): Value | undefined {
  const timestamp = readVarInt(head, 1);
  const offset = timestamp && readVarInt(head, timestamp.end);
  const key = offset && readVarInt(head, offset.end);
  if (key === undefined) return undefined;
  const lengthAt = key.end + Math.max(0, key.value);
  const length = readVarInt(head, lengthAt);
  if (length === undefined) return undefined;
  const end = length.end + Math.max(0, length.value);
  if (end > recordBytes) throw new RangeError('a value is longer than its record');
  return { lengthAt, begin: length.end, end };
}
