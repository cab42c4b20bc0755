import { decodeRecord, eventOfTopic } from '@app/events';
import type { IHeaders } from 'kafkajs';
import type { Console } from '../cli/console.ts';
import { EXIT, type ExitCode } from '../cli/exit-code.ts';
import { printable, printableJson } from '../cli/printable.ts';
import { countOf } from '../cli/table.ts';
import { findRecords, type FoundRecord, type Selection } from './record-reader.ts';

/** Null where the topic has none: dead letters, and topics of others. */
type Contract =
  { readonly valid: true } | { readonly valid: false; readonly reason: string; readonly detail: string } | null;

/** A record for people and programs. */
export interface ShownRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  /** As the record says, which may be any number; RFC 3339 where it is a time. */
  readonly at: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, unknown>>;
  /** JSON where it is JSON, else text; bytes that are no text are `base64:…`. Null for a record without a value. */
  readonly value: unknown;
  readonly contract: Contract;
}

/** Prints the selected records. Exit code 1 when one of them is not what the topic's contract says. */
export async function readCommand(
  console: Console,
  brokers: readonly string[],
  selection: Selection,
  json: boolean,
): Promise<ExitCode> {
  const found = (await findRecords(brokers, selection)).map((record) => shownRecord(selection.topic, record));
  const invalid = found.filter(({ contract }) => contract?.valid === false).length;
  for (const record of found) console.print(json ? printableJson(record) : printable(`${paragraphOf(record)}\n`));
  if (!json) {
    const verdict = invalid === 0 ? '' : `, ${invalid} of them not what the contract says`;
    console.print(`${countOf(found.length, 'record')}${verdict}`);
  }
  return invalid === 0 ? EXIT.fine : EXIT.found;
}

/** A record as it is shown. */
export function shownRecord(topic: string, { partition, message }: FoundRecord): ShownRecord {
  const { offset, timestamp, key, value, headers = {} } = message;
  return {
    ...{ topic, partition, offset, at: timeOf(timestamp) },
    key: key === null ? null : textOf(key),
    headers: Object.fromEntries(Object.entries(headers).map(([name, header]) => [name, headerOf(header)])),
    value: value === null ? null : valueOf(value),
    contract: contractOf(topic, message),
  };
}

function contractOf(topic: string, { key, value, headers = {} }: FoundRecord['message']): Contract {
  if (eventOfTopic(topic) === undefined) return null;
  const decoded = decodeRecord({ topic, key, value, headers });
  return decoded.ok ? { valid: true } : { valid: false, reason: decoded.reason, detail: decoded.detail };
}

function paragraphOf({ topic, partition, offset, at, key, headers, value, contract }: ShownRecord): string {
  const names = Object.keys(headers);
  const width = Math.max(8, ...names.map((name) => name.length)) + 2;
  const line = (name: string, text: string): string => `  ${name.padEnd(width)}${text}`;
  const verdict =
    contract === null ? 'none' : contract.valid ? 'valid' : `not satisfied, ${contract.reason}: ${contract.detail}`;
  return [
    `${topic}, partition ${partition}, offset ${offset}, ${at}`,
    line('key', key ?? '–'),
    line('contract', verdict),
    ...names.map((name) => line(name, asText(headers[name]))),
    line('value', asText(value).replaceAll('\n', `\n${' '.repeat(width + 2)}`)),
  ].join('\n');
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
}

function valueOf(bytes: Buffer): unknown {
  const text = textOf(bytes);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function headerOf(header: IHeaders[string]): unknown {
  if (Array.isArray(header)) return header.map(headerOf);
  return typeof header === 'string' ? header : header === undefined ? null : textOf(header);
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return `base64:${bytes.toString('base64')}`;
  }
}

function timeOf(timestamp: string): string {
  const date = new Date(Number(timestamp));
  return Number.isNaN(date.getTime()) ? timestamp : date.toISOString();
}
