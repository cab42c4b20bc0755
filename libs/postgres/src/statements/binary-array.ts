/** The types whose arrays are sent in binary form, by the names they have in casts: `$1::uuid[]`. */
export type BinaryElementType =
  'uuid' | 'text' | 'integer' | 'smallint' | 'bigint' | 'boolean' | 'timestamptz' | 'json' | 'jsonb' | 'bytea';

interface Element {
  /** Of PostgreSQL's catalog (pg_type). */
  readonly oid: number;
  /** Writes the bytes of one element that is not null, without their number; `false` for what is no value of this type. */
  readonly write: (value: unknown) => boolean;
}

const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;
/** What is larger is given back after use. */
const KEPT_BYTES = 1 << 20;
const FIRST_BYTES = 1 << 16;
/** A UTF-16 code unit takes three bytes of UTF-8 at most. */
const BYTES_PER_UNIT = 3;
const SHORT_TEXT = 40;

const UUID_LENGTH = 36;
const UUID_BYTES = 16;
/** Where each of the sixteen bytes begins in its text form. */
const UUID_DIGITS = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const UUID_DASHES = [8, 13, 18, 23];
const DASH = 45;
/** By character code: the value of a hexadecimal digit, and -1 of anything else. */
const HEX = Int8Array.from({ length: 128 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(digit) ? -1 : digit;
});

/** PostgreSQL counts microseconds from the beginning of 2000. */
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);
const TWO_TO_32 = 2 ** 32;

/* One array is written at a time, and copied when its length is known. */
let bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
let view = new DataView(bytes.buffer);
let end = 0;

const ELEMENTS: Readonly<Record<BinaryElementType, Element>> = {
  uuid: { oid: 2950, write: writeUuid },
  text: { oid: 25, write: writeText },
  integer: { oid: 23, write: (value) => writeInteger(value, 4, 2 ** 31) },
  smallint: { oid: 21, write: (value) => writeInteger(value, 2, 2 ** 15) },
  bigint: { oid: 20, write: writeBigint },
  boolean: { oid: 16, write: writeBoolean },
  timestamptz: { oid: 1184, write: writeTimestamp },
  json: { oid: 114, write: writeText },
  jsonb: { oid: 3802, write: writeJsonb },
  bytea: { oid: 17, write: writeBytes },
};

export function isBinaryElementType(type: string): type is BinaryElementType {
  return Object.hasOwn(ELEMENTS, type);
}

/**
 * PostgreSQL's binary form of an array with one dimension (`array_recv`); `undefined` when something in it is not plainly a
 * value of `type`: its text form will say what is wrong with it. Sets of rows are sent so, because PostgreSQL reads text
 * character by character.
 */
export function binaryArray(type: BinaryElementType, elements: readonly unknown[]): Buffer | undefined {
  const { oid, write } = ELEMENTS[type];
  let hasNull = 0;
  end = elements.length === 0 ? HEADER_BYTES - 8 : HEADER_BYTES;
  for (const element of elements) {
    ensure(LENGTH_BYTES);
    const start = end;
    end += LENGTH_BYTES;
    if (element === null || element === undefined) {
      hasNull = 1;
      view.setInt32(start, NULL_LENGTH);
    } else {
      if (!write(element)) return undefined;
      view.setInt32(start, end - start - LENGTH_BYTES);
    }
  }
  view.setInt32(0, elements.length === 0 ? 0 : 1); // dimensions; an empty array has none, and none of the last two either
  view.setInt32(4, hasNull);
  view.setInt32(8, oid);
  if (elements.length > 0) {
    view.setInt32(12, elements.length);
    view.setInt32(16, 1); // the index of the first
  }
  const array = Buffer.from(bytes.subarray(0, end));
  if (bytes.length > KEPT_BYTES) allocate(FIRST_BYTES);
  return array;
}

function ensure(more: number): void {
  if (end + more > bytes.length) allocate(2 * (end + more));
}

function allocate(size: number): void {
  const before = bytes;
  bytes = Buffer.allocUnsafeSlow(size);
  view = new DataView(bytes.buffer);
  before.copy(bytes, 0, 0, Math.min(end, size));
}

function writeUuid(value: unknown): boolean {
  if (typeof value !== 'string' || value.length !== UUID_LENGTH) return false;
  if (UUID_DASHES.some((index) => value.charCodeAt(index) !== DASH)) return false;
  ensure(UUID_BYTES);
  for (const index of UUID_DIGITS) {
    const byte = (digit(value, index) << 4) | digit(value, index + 1);
    if (byte < 0) return false;
    bytes[end++] = byte;
  }
  return true;
}

/** Returns -1 for a non-hex digit, which makes the byte that it is combined into negative. */
function digit(text: string, index: number): number {
  return HEX[text.charCodeAt(index)] ?? -1;
}

function writeText(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  ensure(BYTES_PER_UNIT * value.length);
  if (value.length > SHORT_TEXT || !writeAscii(value)) end += bytes.write(value, end, 'utf8');
  return true;
}

/** A call into native code costs more than a few characters. */
function writeAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 127) return false;
    bytes[end + index] = code;
  }
  end += text.length;
  return true;
}

/** Text behind the version of the format. */
function writeJsonb(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  ensure(1);
  bytes[end++] = 1;
  return writeText(value);
}

function writeBytes(value: unknown): boolean {
  if (!(value instanceof Uint8Array)) return false;
  ensure(value.length);
  bytes.set(value, end);
  end += value.length;
  return true;
}

function writeInteger(value: unknown, size: 2 | 4, bound: number): boolean {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < -bound || value >= bound) return false;
  ensure(size);
  if (size === 4) view.setInt32(end, value);
  else view.setInt16(end, value);
  end += size;
  return true;
}

function writeBigint(value: unknown): boolean {
  if (typeof value === 'string') {
    const number = Number(value);
    return String(number) === value && writeLong(number);
  }
  return typeof value === 'number' && writeLong(value);
}

function writeBoolean(value: unknown): boolean {
  if (typeof value !== 'boolean') return false;
  ensure(1);
  bytes[end++] = value ? 1 : 0;
  return true;
}

function writeTimestamp(value: unknown): boolean {
  return value instanceof Date && writeLong((value.getTime() - POSTGRES_EPOCH_MS) * 1_000);
}

/** Eight bytes, for whole numbers that are exact. */
function writeLong(value: number): boolean {
  if (!Number.isSafeInteger(value)) return false;
  ensure(8);
  view.setInt32(end, Math.floor(value / TWO_TO_32));
  view.setUint32(end + 4, value >>> 0);
  end += 8;
  return true;
}
