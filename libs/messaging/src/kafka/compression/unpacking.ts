/** Compressed bytes, unpacked piece by piece, so that whoever reads them can stop. Throws when they are not what they should be. */
export type Unpack = (packed: Buffer) => AsyncIterable<Buffer> | Iterable<Buffer>;

/** What no compressed piece may unpack to at once, in bytes: larger ones are refused before any memory is taken for them. */
export const MAX_PIECE_BYTES = 32 * 1024 * 1024;

/** Compressed bytes that are not of the format they are said to be of, or make use of what nobody writes to Kafka. */
export class UnpackingError extends Error {
  override readonly name = 'UnpackingError';
}
