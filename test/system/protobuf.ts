/** A field of a protobuf message: a number, 8 or 4 bytes, or bytes that are a text or a message again. */
type Field = bigint | Buffer;

/** The fields of a protobuf message by their numbers, each as often as it comes. */
export function protobufFields(bytes: Buffer): Map<number, Field[]> {
  const fields = new Map<number, Field[]>();
  const reader = new Reader(bytes);
  while (!reader.isAtEnd) {
    const tag = Number(reader.varint());
    const number = tag >>> 3;
    fields.set(number, [...(fields.get(number) ?? []), reader.field(tag & 7)]);
  }
  return fields;
}

class Reader {
  private at = 0;
  private readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.bytes.readUInt8(this.at);
      this.at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  field(wireType: number): Field {
    if (wireType === 0) return this.varint();
    if (wireType === 1) return this.take(8).readBigUInt64LE();
    if (wireType === 5) return BigInt(this.take(4).readUInt32LE());
    if (wireType === 2) return this.take(Number(this.varint()));
    throw new Error(`unknown wire type ${wireType}`);
  }

  private take(length: number): Buffer {
    if (this.at + length > this.bytes.length) throw new Error('the message ends too soon');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}
