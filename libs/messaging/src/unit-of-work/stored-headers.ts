import type { HeaderValue, RawRecord } from '@app/cloudevents';
import type { IHeaders } from 'kafkajs';

/** Headers of a record as JSON can hold them: base64 of the bytes, null for one without a value; a list for a repeated one. */
export type StoredHeaders = Readonly<Record<string, StoredHeader | readonly StoredHeader[]>>;

type StoredHeader = string | null;

export function headersAsBase64(headers: RawRecord['headers']): StoredHeaders {
  const encode = (value: HeaderValue): StoredHeader => (value === null ? null : Buffer.from(value).toString('base64'));
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.map(encode) : encode(value)]],
    ),
  );
}

/** The headers as they were. A null is a header without a value for kafkajs too, only its types do not know that. */
export function headersFromBase64(headers: StoredHeaders): IHeaders {
  const decode = (value: StoredHeader): Buffer | null => (value === null ? null : Buffer.from(value, 'base64'));
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      value === null || typeof value === 'string' ? decode(value) : value.map(decode),
    ]),
  ) as IHeaders;
}
