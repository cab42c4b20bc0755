import { OversizeRecord } from './oversize-record';
import { MAX_RECORD_BYTES } from './record-bounds';
import { readVarInt } from './varint';

const EMPTY = Buffer.alloc(0);
/** What is held of one batch. Far above what a producer makes of a batch that Kafka takes, and far below what a process has. */
const MAX_KEPT_BYTES = 16 * 1024 * 1024;
/** What is unpacked of one batch: behind that, not even the larger records are measured any more. */
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;

/**
 * The records of a batch, taken in piece by piece as they are unpacked, in bounded memory: those that are too large are cut to an
 * excerpt.
 */
export class RecordSieve {
  private readonly kept: Buffer[] = [];
  private keptBytes = 0;
  private unpackedBytes = 0;
  private rest: Buffer = EMPTY;
  private oversize: OversizeRecord | undefined;

  /** @throws when a bound is exceeded, or when these are no records; what was taken in until then is {@link records}. */
  take(piece: Buffer): void {
    this.unpackedBytes += piece.length;
    let bytes = this.rest.length === 0 ? piece : Buffer.concat([this.rest, piece]);
    for (let left = -1; left !== bytes.length;) {
      left = bytes.length;
      bytes = this.oversize === undefined ? this.takeRecord(bytes) : this.takeOversize(this.oversize, bytes);
    }
    this.rest = bytes;
    if (this.unpackedBytes > MAX_UNPACKED_BYTES)
      throw new RangeError(`a batch of more than ${MAX_UNPACKED_BYTES} bytes`);
  }

  /** The whole records, each with its length in front. */
  records(): Buffer {
    return Buffer.concat(this.kept);
  }

  private takeRecord(bytes: Buffer): Buffer {
    const length = readVarInt(bytes, 0);
    if (length === undefined) return bytes;
    if (length.value <= 0) throw new RangeError('a record without any bytes');
    if (length.value > MAX_RECORD_BYTES) {
      this.oversize = new OversizeRecord(length.value);
      return bytes.subarray(length.end);
    }
    const end = length.end + length.value;
    if (end > bytes.length) return bytes;
    // A copy: a view would keep the piece it is of, and all that was cut off from it.
    this.keep(Buffer.from(bytes.subarray(0, end)));
    return bytes.subarray(end);
  }

  private takeOversize(oversize: OversizeRecord, bytes: Buffer): Buffer {
    const behind = oversize.take(bytes);
    if (oversize.isComplete) {
      this.keep(oversize.excerpt());
      this.oversize = undefined;
    }
    return behind;
  }

  private keep(record: Buffer): void {
    this.keptBytes += record.length;
    if (this.keptBytes > MAX_KEPT_BYTES)
      throw new RangeError(`records of more than ${MAX_KEPT_BYTES} bytes in a batch`);
    this.kept.push(record);
  }
}
