import { uncompressSync } from 'lz4-napi';
import { UnpackingError, type Unpack } from './unpacking';

const MAGIC = 0x184d2204;
const SIZE_PREFIX_BYTES = 4;
const UNCOMPRESSED = 0x80000000;
const MAX_BLOCK_BYTES: Readonly<Record<number, number>> = { 4: 1 << 16, 5: 1 << 18, 6: 1 << 20, 7: 1 << 22 };
/** As far back as a block may refer to the ones before it. */
const WINDOW_BYTES = 64 * 1024;

interface FrameHeader {
  readonly end: number;
  readonly maxBlockBytes: number;
  readonly independentBlocks: boolean;
  readonly hasBlockChecksums: boolean;
}

/**
 * Unpacks the frames of LZ4, block by block. Checksums are not looked at: that of the record batch covers the same bytes, and old
 * Java clients computed the frame's own one wrongly.
 */
export const unpackLz4: Unpack = function* (packed) {
  const header = readHeader(packed);
  let before = Buffer.alloc(0);
  for (let at = header.end; ;) {
    const word = readWord(packed, at);
    if (word === 0) return;
    const length = word % UNCOMPRESSED;
    const begin = at + 4;
    at = begin + length + (header.hasBlockChecksums ? 4 : 0);
    if (begin + length > packed.length || length > header.maxBlockBytes)
      throw new UnpackingError('an LZ4 block is cut off');
    const block = packed.subarray(begin, begin + length);
    const unpacked = word >= UNCOMPRESSED ? block : unpackBlock(block, header.maxBlockBytes, before);
    yield unpacked;
    if (!header.independentBlocks) before = Buffer.concat([before, unpacked]).subarray(-WINDOW_BYTES);
  }
};

function readHeader(packed: Buffer): FrameHeader {
  if (readWord(packed, 0) !== MAGIC) throw new UnpackingError('not an LZ4 frame');
  const [flags = 0, descriptor = 0] = packed.subarray(4, 6);
  const maxBlockBytes = MAX_BLOCK_BYTES[(descriptor >> 4) & 7];
  const hasDictionary = (flags & 1) !== 0;
  if (flags >> 6 !== 1 || maxBlockBytes === undefined || hasDictionary) {
    throw new UnpackingError('an LZ4 frame of a kind that is not supported');
  }
  const hasContentSize = (flags & 8) !== 0;
  return {
    end: 7 + (hasContentSize ? 8 : 0),
    maxBlockBytes,
    independentBlocks: (flags & 0x20) !== 0,
    hasBlockChecksums: (flags & 0x10) !== 0,
  };
}

/** The library wants the size in front, and takes it for the most there may be. */
function unpackBlock(block: Buffer, maxBytes: number, before: Buffer): Buffer {
  const sized = Buffer.allocUnsafe(SIZE_PREFIX_BYTES + block.length);
  sized.writeUInt32LE(maxBytes);
  block.copy(sized, SIZE_PREFIX_BYTES);
  return before.length === 0 ? uncompressSync(sized) : uncompressSync(sized, before);
}

function readWord(packed: Buffer, at: number): number {
  if (at + 4 > packed.length) throw new UnpackingError('an LZ4 frame is cut off');
  return packed.readUInt32LE(at);
}
