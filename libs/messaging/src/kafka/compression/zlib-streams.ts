import { constants, createUnzip, createZstdDecompress } from 'node:zlib';
import type { Unpack } from './unpacking';

const SMALLEST_PIECE = 16 * 1024;
const LARGEST_PIECE = 256 * 1024;

/** About what a batch of JSON unpacks to in one piece, within bounds: each piece costs a way through Node's thread pool. */
function pieceSize(packed: Buffer): number {
  return Math.min(LARGEST_PIECE, Math.max(SMALLEST_PIECE, packed.length * 8));
}

export const unpackGzip: Unpack = (packed) => {
  const stream = createUnzip({ chunkSize: pieceSize(packed) });
  stream.end(packed);
  return stream;
};

export const unpackZstd: Unpack = (packed) => {
  const stream = createZstdDecompress({
    chunkSize: pieceSize(packed),
    // Java's highest level writes windows of this size, 128 MiB; only what is really unpacked takes memory.
    params: { [constants.ZSTD_d_windowLogMax]: 27 },
  });
  stream.end(packed);
  return stream;
};
