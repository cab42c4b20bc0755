import { EVENTS } from '@app/events';
import { isDeepStrictEqual } from 'node:util';

/** What is compared of a JSON Schema. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly [keyword: string]: unknown;
}

/** The JSON Schemas of published payloads by `<event>/<version>`. */
export type Contracts = Readonly<Record<string, Schema>>;

/** The contracts as the code declares them, as plain JSON. */
export function currentContracts(): Contracts {
  const entries = EVENTS.map(({ dataschema, schema }) => [dataschema, schema] as const);
  return JSON.parse(JSON.stringify(Object.fromEntries(entries))) as Contracts;
}

/**
 * What readers or writers of before cannot live with: a contract that is gone, a field that is gone or described otherwise, one
 * that has become required or is no longer. Optional fields may be added. In sentences; empty when there is nothing.
 */
export function incompatibilities(published: Contracts, now: Contracts): string[] {
  return Object.entries(published).flatMap(([name, before]) => {
    const after = now[name];
    if (after === undefined) return [`${name} is gone: whoever reads old records needs it.`];
    return differences(before, after, '').map((what) => `${name}: ${what}. Declare a new version beside it instead.`);
  });
}

function differences(before: Schema, after: Schema, path: string): string[] {
  const fields = Object.entries(before.properties ?? {}).flatMap(([name, field]) => {
    const own = `${path}/${name}`;
    const now = after.properties?.[name];
    return now === undefined ? [`${own} is gone`] : differences(field, now, own);
  });
  const [required, requiredNow] = [before.required ?? [], after.required ?? []];
  return [
    ...fields,
    ...requiredNow.filter((name) => !required.includes(name)).map((name) => `${path}/${name} has become required`),
    ...required.filter((name) => !requiredNow.includes(name)).map((name) => `${path}/${name} is no longer required`),
    ...(before.items === undefined ? [] : differences(before.items, after.items ?? {}, `${path}[]`)),
    ...(isDeepStrictEqual(ownRules(before), ownRules(after)) ? [] : [`${path || '/'} has other rules`]),
  ];
}

/** Everything but what is compared field by field. */
function ownRules({ properties, required, items, ...rules }: Schema): unknown {
  void [properties, required, items];
  return rules;
}
