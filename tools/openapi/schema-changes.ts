/** As much of JSON Schema as OpenAPI 3.1 documents of this repository use. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly [keyword: string]: unknown;
}

/** Who writes what the schema describes: a client its requests, the service its answers. */
export type Direction = 'request' | 'response';

/** A schema and the named ones it may refer to. */
export interface Described {
  readonly schema: Schema | undefined;
  readonly schemas: Readonly<Record<string, Schema>>;
}

/** More of one of these allows less. */
const LOWER_BOUNDS = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const UPPER_BOUNDS = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];
const RULES = ['pattern', 'format', 'multipleOf', 'uniqueItems'];
const COMBINATORS = ['allOf', 'anyOf', 'oneOf'] as const;

/**
 * What of a change would break clients, each as a sentence that begins with `at`. A request may not become harder to make: what
 * was allowed stays allowed. An answer may not become harder to read: what was always there stays, and is of no other type.
 * New fields, and new values of a closed set, are no break of an answer: clients have to live with them.
 */
export function schemaChanges(before: Described, after: Described, direction: Direction, at: string): string[] {
  return compare(before, after, { direction, at, compared: new Set() });
}

interface Place {
  readonly direction: Direction;
  readonly at: string;
  /** Pairs of names that are being compared further out; schemas may contain themselves. */
  readonly compared: ReadonlySet<string>;
}

function compare(before: Described, after: Described, place: Place): string[] {
  const pair = `${before.schema?.$ref ?? ''} ${after.schema?.$ref ?? ''}`;
  if (place.compared.has(pair)) return [];
  const inner = pair === ' ' ? place : { ...place, compared: new Set([...place.compared, pair]) };
  const [old, now] = [resolve(before), resolve(after)];
  return [
    ...typeChanges(old, now, inner),
    ...enumChanges(old, now, inner),
    ...(inner.direction === 'request' ? ruleChanges(old, now, inner) : []),
    ...propertyChanges(before, after, inner),
    ...innerChanges(before, after, inner),
    ...COMBINATORS.flatMap((name) => combinatorChanges(name, before, after, inner)),
  ];
}

function typeChanges(before: Schema, after: Schema, { direction, at }: Place): string[] {
  const [written, read] = direction === 'request' ? [before, after] : [after, before];
  const allowed = typesOf(read);
  if (allowed === undefined) return [];
  const refused = typesOf(written)?.filter((type) => !accepts(allowed, type)) ?? ['anything'];
  const what = direction === 'request' ? 'is no longer allowed' : 'is new in answers';
  return refused.map((type) => `${at}: type ${type} ${what}`);
}

function enumChanges(before: Schema, after: Schema, { direction, at }: Place): string[] {
  if (direction === 'response') {
    return before.enum !== undefined && after.enum === undefined ? [`${at}: any value is new in answers`] : [];
  }
  const { enum: allowed } = after;
  if (allowed === undefined) return [];
  if (before.enum === undefined) return [`${at}: only ${JSON.stringify(allowed)} is allowed now`];
  const removed = before.enum.filter((value) => !allowed.includes(value));
  return removed.map((value) => `${at}: value ${JSON.stringify(value)} is no longer allowed`);
}

function ruleChanges(before: Schema, after: Schema, { at }: Place): string[] {
  const isStricter = (name: string, sign: 1 | -1): boolean => {
    const [old, now] = [before[name], after[name]];
    return typeof now === 'number' && (typeof old !== 'number' || now * sign > old * sign);
  };
  const stricter = [
    ...LOWER_BOUNDS.filter((name) => isStricter(name, 1)),
    ...UPPER_BOUNDS.filter((name) => isStricter(name, -1)),
    ...RULES.filter((name) => after[name] !== undefined && after[name] !== false && after[name] !== before[name]),
  ];
  return stricter.map(
    (name) => `${at}: ${name} is ${JSON.stringify(after[name])} now, and was ${JSON.stringify(before[name]) ?? 'free'}`,
  );
}

function propertyChanges(before: Described, after: Described, place: Place): string[] {
  const [old, now] = [resolve(before), resolve(after)];
  const { direction, at } = place;
  const [oldRequired, required] = [old.required ?? [], now.required ?? []];
  const changes =
    direction === 'request'
      ? required.filter((name) => !oldRequired.includes(name)).map((name) => `${at}.${name} is required now`)
      : oldRequired
          .filter((name) => now.properties?.[name] !== undefined && !required.includes(name))
          .map((name) => `${at}.${name} may be absent now`);
  for (const [name, schema] of Object.entries(old.properties ?? {})) {
    const other = now.properties?.[name];
    if (other === undefined) changes.push(`${at}.${name} is gone`);
    else
      changes.push(...compare({ ...before, schema }, { ...after, schema: other }, { ...place, at: `${at}.${name}` }));
  }
  return changes;
}

function innerChanges(before: Described, after: Described, place: Place): string[] {
  const [old, now] = [resolve(before), resolve(after)];
  const both = (one: Schema | undefined, other: Schema | undefined, at: string) =>
    one === undefined && other === undefined
      ? []
      : compare({ ...before, schema: one }, { ...after, schema: other }, { ...place, at });
  return [...both(old.items, now.items, `${place.at}[]`), ...both(valuesOf(old), valuesOf(now), `${place.at}.*`)];
}

/**
 * What is written has to fit one of the forms that are read. A schema that gets its first forms, or loses all, is not looked into
 * and counts as changed.
 */
function combinatorChanges(
  name: (typeof COMBINATORS)[number],
  before: Described,
  after: Described,
  place: Place,
): string[] {
  const [old, now] = [resolve(before)[name] ?? [], resolve(after)[name] ?? []];
  const fits = (one: Schema, other: Schema) =>
    compare({ ...before, schema: one }, { ...after, schema: other }, place).length === 0;
  const isLost =
    place.direction === 'request'
      ? old.filter((one) => !now.some((other) => fits(one, other)))
      : now.filter((other) => !old.some((one) => fits(one, other)));
  const isOtherwise = (old.length === 0) !== (now.length === 0);
  return isLost.length > 0 || isOtherwise ? [`${place.at}: ${name} has other members`] : [];
}

function resolve({ schema = {}, schemas }: Described): Schema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : (schemas[name] ?? {});
}

function typesOf({ type }: Schema): readonly string[] | undefined {
  return typeof type === 'string' ? [type] : type;
}

function accepts(allowed: readonly string[], type: string): boolean {
  return allowed.includes(type) || (type === 'integer' && allowed.includes('number'));
}

function valuesOf({ additionalProperties }: Schema): Schema | undefined {
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}
