/** What a record may have, in bytes, to be handed to a handler or kept whole when it is put aside. */
export const MAX_RECORD_BYTES = 1024 * 1024;

/** What is kept of the value of a larger one, in bytes. */
export const EXCERPT_BYTES = 64 * 1024;

/** Stand in the headers of a record of whose value only the beginning was kept; its whole length in bytes, and its SHA-256 in hex. */
export const VALUE_BYTES_HEADER = 'x-original-value-bytes';
export const VALUE_SHA256_HEADER = 'x-original-value-sha256';
