import { schemaChanges, type Described, type Direction, type Schema } from './schema-changes.ts';

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: Schema;
}
interface Answer extends Content {
  readonly headers?: Readonly<Record<string, object>>;
}
interface Operation {
  readonly operationId?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content & { readonly required?: boolean };
  readonly responses?: Readonly<Record<string, Answer>>;
}

/** As much of a document as clients are made of. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/**
 * What of a change would break clients that were made of the document before, each as a sentence. Names of path parameters do
 * not count, as they are not seen on the wire; names of operations do, as they are functions of a client.
 */
export function breakingChanges(before: OpenApi, after: OpenApi): string[] {
  const now = new Map(operationsOf(after).map((each) => [each.key, each.operation]));
  return operationsOf(before).flatMap(({ key, at, operation }) => {
    const other = now.get(key);
    if (other === undefined) return [`${at} is gone`];
    const schemas = { before: before.components?.schemas ?? {}, after: after.components?.schemas ?? {} };
    return operationChanges(operation, other, at, schemas);
  });
}

interface Schemas {
  readonly before: Described['schemas'];
  readonly after: Described['schemas'];
}

function operationsOf({ paths }: OpenApi): { key: string; at: string; operation: Operation }[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const at = `${method.toUpperCase()} ${path}`;
      return { key: at.replaceAll(/\{[^}]*\}/g, '{}'), at, operation };
    }),
  );
}

function operationChanges(before: Operation, after: Operation, at: string, schemas: Schemas): string[] {
  const renamed = before.operationId !== undefined && before.operationId !== after.operationId;
  return [
    ...(renamed ? [`${at}: operation ${before.operationId} is called ${after.operationId ?? 'nothing'} now`] : []),
    ...parameterChanges(before.parameters ?? [], after.parameters ?? [], at, schemas),
    ...bodyChanges(before, after, at, schemas),
    ...answerChanges(before, after, at, schemas),
  ];
}

function parameterChanges(
  before: readonly Parameter[],
  after: readonly Parameter[],
  at: string,
  schemas: Schemas,
): string[] {
  const keyed = (parameters: readonly Parameter[]) => {
    let position = 0;
    return new Map(
      parameters.map((each) => [each.in === 'path' ? `path ${position++}` : `${each.in} ${each.name}`, each]),
    );
  };
  const [old, now] = [keyed(before), keyed(after)];
  const gone = [...old.keys()].filter((key) => !now.has(key)).map((key) => `${at}: parameter ${key} is gone`);
  const changed = [...now].flatMap(([key, parameter]) => {
    const known = old.get(key);
    const needed =
      parameter.required === true && known?.required !== true ? [`${at}: parameter ${key} is required now`] : [];
    return known === undefined
      ? needed
      : [...needed, ...compare(known, parameter, 'request', `${at}: parameter ${key}`, schemas)];
  });
  return [...gone, ...changed];
}

function bodyChanges(
  { requestBody: before }: Operation,
  { requestBody: after }: Operation,
  at: string,
  schemas: Schemas,
) {
  if (after === undefined) return before === undefined ? [] : [`${at}: the body is no longer read`];
  const needed = after.required === true && before?.required !== true ? [`${at}: a body is required now`] : [];
  return before === undefined
    ? needed
    : [...needed, ...contentChanges(before, after, 'request', `${at}: body`, schemas)];
}

/** An error that no longer happens breaks nobody; a new one is read as every problem is. */
function answerChanges(before: Operation, after: Operation, at: string, schemas: Schemas): string[] {
  return Object.entries(before.responses ?? {}).flatMap(([status, answer]) => {
    const other = after.responses?.[status];
    if (other === undefined) return Number(status) < 400 ? [`${at}: status ${status} is gone`] : [];
    const headers = Object.keys(answer.headers ?? {}).filter((name) => other.headers?.[name] === undefined);
    return [
      ...headers.map((name) => `${at}: ${status} has no header ${name} any more`),
      ...contentChanges(answer, other, 'response', `${at}: ${status}`, schemas),
    ];
  });
}

function contentChanges(before: Content, after: Content, direction: Direction, at: string, schemas: Schemas): string[] {
  return Object.entries(before.content ?? {}).flatMap(([type, media]) => {
    const other = after.content?.[type];
    return other === undefined ? [`${at}: ${type} is gone`] : compare(media, other, direction, at, schemas);
  });
}

type HasSchema = { readonly schema?: Schema };

function compare(before: HasSchema, after: HasSchema, direction: Direction, at: string, schemas: Schemas): string[] {
  return schemaChanges(
    { schema: before.schema, schemas: schemas.before },
    { schema: after.schema, schemas: schemas.after },
    direction,
    at,
  );
}
