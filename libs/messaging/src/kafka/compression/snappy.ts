import { uncompressSync } from 'snappy';
import { MAX_PIECE_BYTES, UnpackingError, type Unpack } from './unpacking';

/** The frame of the snappy-java library, which Kafka's Java clients and the broker write: this, two versions, then blocks. */
const JAVA_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const JAVA_HEADER_BYTES = 16;
const LENGTH_BYTES = 4;

/** Unpacks both that are found in Kafka: the blocks of snappy-java, and the single raw block of librdkafka. */
export const unpackSnappy: Unpack = function* (packed) {
  if (!packed.subarray(0, JAVA_MAGIC.length).equals(JAVA_MAGIC)) {
    yield unpackBlock(packed);
    return;
  }
  for (let at = JAVA_HEADER_BYTES; at < packed.length;) {
    if (at + LENGTH_BYTES > packed.length) throw new UnpackingError('a snappy block has no length');
    const end = at + LENGTH_BYTES + packed.readInt32BE(at);
    if (end > packed.length || end < at + LENGTH_BYTES) throw new UnpackingError('a snappy block is incomplete');
    yield unpackBlock(packed.subarray(at + LENGTH_BYTES, end));
    at = end;
  }
};

function unpackBlock(block: Buffer): Buffer {
  const length = unpackedLength(block);
  if (length > MAX_PIECE_BYTES) throw new UnpackingError(`a snappy block of ${length} bytes is too large`);
  return uncompressSync(block) as Buffer;
}

/** What a block says about itself in its first bytes; the library would take memory for whatever that is. */
function unpackedLength(block: Buffer): number {
  let length = 0;
  for (let index = 0; index < 5; index += 1) {
    const byte = block[index];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return length;
  }
  throw new UnpackingError('a snappy block does not tell its size');
}
