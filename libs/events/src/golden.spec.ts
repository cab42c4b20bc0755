import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { contractViolations, headersOf, type EventEnvelope } from '@app/cloudevents';
import { decodeRecord, EVENTS, type AnyEvent } from './topics';

interface Golden {
  readonly key: string;
  readonly headers: Record<string, string>;
  readonly payload: Record<string, unknown>;
}

const folder = fileURLToPath(new URL('../fixtures/', import.meta.url));
const read = (event: AnyEvent) =>
  JSON.parse(readFileSync(`${folder}${event.type}.${event.version}.json`, 'utf8')) as Golden;

function recordOf({ key, headers }: Golden, event: AnyEvent, payload: unknown) {
  return { topic: event.type, key: Buffer.from(key), value: Buffer.from(JSON.stringify(payload)), headers };
}

it('there is one golden record per event version and nothing else', () => {
  const expected = EVENTS.map(({ type, version }) => `${type}.${version}.json`);
  expect(readdirSync(folder).toSorted()).toEqual(expected.toSorted());
});

describe.each(EVENTS.map((event) => [event.type, event] as const))('the golden record of %s', (_type, event) => {
  const golden = read(event);

  it('is what a publisher of the event writes', () => {
    const decoded = eventOf(golden, event, golden.payload);
    expect(headersOf(decoded)).toEqual(golden.headers);
    expect(golden.headers.ce_source).toBe(`/${event.publisher}`);
    expect(contractViolations(event, golden.payload)).toEqual([]);
  });

  it('is what a consumer of the event reads', () => {
    expect(eventOf(golden, event, golden.payload)).toEqual({
      id: golden.headers.ce_id,
      source: golden.headers.ce_source,
      type: event.type,
      time: new Date(golden.headers.ce_time ?? ''),
      orderId: golden.key,
      sequence: Number(golden.headers.ce_sequence),
      dataschema: event.dataschema,
      cause: expect.objectContaining({ correlationId: 'checkout-7' }),
      payload: golden.payload,
    });
  });

  it('may have fields this version does not know, at every level', () => {
    const enriched = withUnknownFields(golden.payload);
    expect(eventOf(golden, event, enriched).payload).toEqual(enriched);
  });

  it.each(pathsOf(golden.payload))('is invalid without %s', (path) => {
    const record = recordOf(golden, event, without(golden.payload, path.split('.')));
    expect(decodeRecord(record)).toMatchObject({ ok: false, reason: 'invalid' });
  });

  it('carries no personal data but the id of the user', () => {
    expect(JSON.stringify(Object.keys(flat(golden.payload)))).not.toMatch(
      /e?mail|phone|address|first_|last_|full_name/,
    );
  });
});

function eventOf(golden: Golden, event: AnyEvent, payload: unknown): EventEnvelope {
  const decoded = decodeRecord(recordOf(golden, event, payload));
  if (!decoded.ok) throw new Error(`${decoded.reason}: ${decoded.detail}`);
  return decoded.event;
}

/**
 * Paths of all fields, through objects and the first element of lists (`items.0.quantity`). Taken from the record, not from
 * the schema: a published field that becomes optional breaks whoever relies on it. Optional ones stay out of the record.
 */
function pathsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Array.isArray(value) ? [['0', value[0] as unknown] as const] : Object.entries(value);
  return own.flatMap(([name, inner]) => [
    ...(Array.isArray(value) ? [] : [name]),
    ...pathsOf(inner).map((path) => `${name}.${path}`),
  ]);
}

function without(value: unknown, [head, ...rest]: string[]): unknown {
  const copy = structuredClone(value) as Record<string, unknown>;
  if (rest.length === 0) delete copy[head!];
  else copy[head!] = without(copy[head!], rest);
  return copy;
}

function withUnknownFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withUnknownFields);
  if (typeof value !== 'object' || value === null) return value;
  const known = Object.entries(value).map(([name, inner]) => [name, withUnknownFields(inner)] as const);
  return Object.fromEntries([...known, ['added_later', { any: 'thing' }]]);
}

function flat(value: unknown, path = ''): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return { [path]: value };
  return Object.assign({}, ...Object.entries(value).map(([name, inner]) => flat(inner, `${path}/${name}`))) as Record<
    string,
    unknown
  >;
}
