import { promisify } from 'node:util';
import { gzip, zstdCompress } from 'node:zlib';
import kafkajs from 'kafkajs';
import { compressFrame } from 'lz4-napi';
import { compress as snappy } from 'snappy';
import { unpackLz4 } from './lz4';
import { MAX_RECORD_BYTES } from './record-bounds';
import { RecordSieve } from './record-sieve';
import { unpackSnappy } from './snappy';
import type { Unpack } from './unpacking';
import { unpackGzip, unpackZstd } from './zlib-streams';

/** A batch that can be read only in part. The patched client takes the records there are, and one message for the rest. */
export class PartialBatch extends Error {
  override readonly name = 'PartialBatch';

  constructor(
    cause: unknown,
    /** The whole records before the point where it went wrong. */
    readonly readable: Buffer,
  ) {
    super(String((cause as { readonly message?: string }).message ?? cause), { cause });
  }
}

/**
 * Unpacks the records of a batch in bounded memory, whatever is in them. A record above the bound is replaced by an excerpt.
 * @throws {PartialBatch} when not all of it can be read.
 */
export async function unpackRecords(unpack: Unpack, packed: Buffer): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  let sieve: RecordSieve | undefined;
  try {
    for await (const piece of unpack(packed)) {
      bytes += piece.length;
      pieces.push(piece);
      if (bytes <= MAX_RECORD_BYTES) continue;
      // Only now can there be a record that is too large: nearly every batch ends before.
      sieve ??= new RecordSieve();
      for (const next of pieces.splice(0)) sieve.take(next);
    }
  } catch (error) {
    throw new PartialBatch(error, sieve?.records() ?? Buffer.concat(pieces));
  }
  return sieve?.records() ?? Buffer.concat(pieces);
}

interface Codec {
  readonly pack: (bytes: Buffer) => Promise<Buffer>;
  readonly unpack: Unpack;
}

const { CompressionTypes: Types, CompressionCodecs } = kafkajs;
const CODECS: readonly (readonly [kafkajs.CompressionTypes, Codec])[] = [
  [Types.GZIP, { pack: promisify(gzip), unpack: unpackGzip }],
  [Types.Snappy, { pack: (bytes) => snappy(bytes), unpack: unpackSnappy }],
  [Types.LZ4, { pack: (bytes) => compressFrame(bytes), unpack: unpackLz4 }],
  [Types.ZSTD, { pack: promisify(zstdCompress), unpack: unpackZstd }],
];

/** Registers every codec of Kafka with the client: the producer of a record, or the broker, chooses its compression. */
export function registerCodecs(): void {
  for (const [type, { pack, unpack }] of CODECS) {
    CompressionCodecs[type as kafkajs.CompressionTypes.GZIP] = () => ({
      compress: ({ buffer }: { readonly buffer: Buffer }) => pack(buffer),
      decompress: (packed: Buffer) => unpackRecords(unpack, packed),
    });
  }
}
