/** A number in the zigzag encoding of Kafka's records, and where it ends. */
export interface VarInt {
  readonly value: number;
  readonly end: number;
}

/** @returns undefined when the bytes end before the number does. @throws when it is none. */
export function readVarInt(bytes: Buffer, at: number): VarInt | undefined {
  let result = 0;
  for (let index = 0; index < 10; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) return undefined;
    result += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value: result % 2 === 0 ? result / 2 : -(result + 1) / 2, end: at + index + 1 };
  }
  throw new RangeError('a number of a record has no end');
}

/** The encoding of a number that is not negative. */
export function writeVarInt(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value * 2;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}
