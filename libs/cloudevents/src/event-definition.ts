import type { Static, TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';

/**
 * The contract of one event version: its name (also its topic and `ce_type`), who publishes it, and the JSON Schema of
 * its payload. A published contract only ever gains optional fields; anything else is a new version beside it.
 */
export interface EventDefinition<
  Name extends string = string,
  Schema extends TSchema = TSchema,
  Publisher extends string = string,
> {
  readonly type: Name;
  readonly version: number;
  /** The service that publishes it; there is exactly one per event. */
  readonly publisher: Publisher;
  /** What the record key is the id of, and what the event is about: `order`, whose ids are UUIDs, unless it says otherwise. */
  readonly key: string;
  /** One sentence in the past tense; the generated documentation quotes it. */
  readonly summary: string;
  readonly schema: Schema;
  /** `ce_dataschema`: `<type>/<version>`. */
  readonly dataschema: string;
  /** Compiled from `schema`. Unknown fields are accepted: readers ignore what they do not know. */
  readonly validator: Validator<Record<never, never>, Schema>;
}

/** What events are about unless their definition says otherwise. */
export const ORDER_KEY = 'order';

/** The payload type of an event definition. */
export type PayloadOf<Definition> = Definition extends EventDefinition<string, infer Schema> ? Static<Schema> : never;

/** Declares an event and compiles its validator. */
export function defineEvent<const Name extends string, Schema extends TSchema, const Publisher extends string>(
  declaration: Pick<
    EventDefinition<Name, Schema, Publisher>,
    'type' | 'version' | 'publisher' | 'summary' | 'schema'
  > & {
    readonly key?: string;
  },
): EventDefinition<Name, Schema, Publisher> {
  return Object.freeze({
    ...declaration,
    key: declaration.key ?? ORDER_KEY,
    dataschema: `${declaration.type}/${declaration.version}`,
    validator: Compile<Schema>(declaration.schema),
  });
}

/** As PostgreSQL writes one. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** In UTF-16 code units; in bytes it may be three times as much. */
const MAX_KEY_LENGTH = 255;

/** Says why a text cannot be the record key of an event; undefined when it can. */
export function keyProblem({ key: what }: Pick<EventDefinition, 'key'>, key: string | undefined): string | undefined {
  if (what === ORDER_KEY) return key !== undefined && UUID.test(key) ? undefined : 'the record key is not a UUID';
  if (key === undefined || key === '' || key.length > MAX_KEY_LENGTH || key.includes('\u0000')) {
    return `the record key is not the id of a ${what}`;
  }
  return undefined;
}

/** Says in one line per problem why a payload breaks its contract (JSON pointer and reason), at most ten of them. */
export function contractViolations(definition: EventDefinition, payload: unknown): string[] {
  if (definition.validator.Check(payload)) return [];
  return definition.validator
    .Errors(payload)
    .slice(0, 10)
    .map((error) => `${error.instancePath || '/'} ${error.message}`);
}
