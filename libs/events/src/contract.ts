import Type, { type Static, type TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { hasAtMostTwoDecimals } from './money';

/** The service that publishes an event; there is exactly one per event. */
export type ServiceName = 'order-service' | 'payment-service' | 'inventory-service' | 'notification-service';

/**
 * The contract of one event version: its name (also its topic and `ce_type`), who publishes it, and the JSON Schema of
 * its payload. A published contract only ever gains optional fields; anything else is a new version beside it.
 */
export interface EventDefinition<Name extends string = string, Schema extends TSchema = TSchema> {
  readonly type: Name;
  readonly version: number;
  readonly publisher: ServiceName;
  /** One sentence in the past tense; the generated documentation quotes it. */
  readonly summary: string;
  readonly schema: Schema;
  /** `ce_dataschema`: `<type>/<version>`. */
  readonly dataschema: string;
  /** Compiled from `schema`. Unknown fields are accepted: readers ignore what they do not know. */
  readonly validator: Validator<Record<never, never>, Schema>;
}

/** The payload type of an event definition. */
export type PayloadOf<Definition> = Definition extends EventDefinition<string, infer Schema> ? Static<Schema> : never;

/** Declares an event and compiles its validator. */
export function defineEvent<const Name extends string, Schema extends TSchema>(
  declaration: Pick<EventDefinition<Name, Schema>, 'type' | 'version' | 'publisher' | 'summary' | 'schema'>,
): EventDefinition<Name, Schema> {
  return Object.freeze({
    ...declaration,
    dataschema: `${declaration.type}/${declaration.version}`,
    validator: Compile<Schema>(declaration.schema),
  });
}

/** Says in one line per problem why a payload breaks its contract (JSON pointer and reason), at most ten of them. */
export function contractViolations(definition: EventDefinition, payload: unknown): string[] {
  if (definition.validator.Check(payload)) return [];
  return definition.validator
    .Errors(payload)
    .slice(0, 10)
    .map((error) => `${error.instancePath || '/'} ${error.message}`);
}

/** A JSON number with at most two decimals, 0 to 999,999,999.99. */
export const MoneySchema = Type.Refine(
  // JSON Schema's `multipleOf: 0.01` can not say it: 1299.99 is not a multiple of 0.01 in binary floating point.
  Type.Number({ minimum: 0, maximum: 999_999_999.99 }),
  hasAtMostTwoDecimals,
  () => 'must have at most two decimals',
);

/** An identifier as callers may choose it: 1 to 100 characters, all of which a database can store as they are. */
export const IdentifierSchema = Type.Refine(
  Type.String({ minLength: 1, maxLength: 100 }),
  (text) => text.isWellFormed() && !text.includes('\u0000'),
  () => 'must be well-formed text without NUL',
);

/** What people call an order by: `7F3K-29QX`, in Crockford's base 32, which has no I, L, O and U. */
export const ORDER_NUMBER = /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/;

/** Of {@link ORDER_NUMBER}. Events from before orders had numbers have none. */
export const OrderNumberSchema = Type.String({ pattern: ORDER_NUMBER.source });

/** ISO 4217 alphabetic code. */
export const CurrencySchema = Type.String({ pattern: '^[A-Z]{3}$' });

/** How many pieces of a product: 1 to 1,000,000 (an order may name one product in several lines). */
export const QuantitySchema = Type.Integer({ minimum: 1, maximum: 1_000_000 });
