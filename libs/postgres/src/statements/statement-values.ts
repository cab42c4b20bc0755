import { arrayParameter } from './array-parameter';
import { preparedName } from './prepared-statements';

const CAST = /\$(\d+)::(\w+)\[\]/g;

/** By the text of a statement: what its parameters are arrays of, from their casts. */
const elementTypes = new Map<string, readonly (string | undefined)[]>();

/**
 * Parameters as pg is to send them: an array in PostgreSQL's binary form where the statement casts its parameter to one
 * (`$1::uuid[]`), else in its text form. Those of a `rowSet` are in that form before, and need no look at the statement.
 *
 * What is left are lists of keys: `WHERE order_id = ANY ($1::uuid[])`. They are no rows of an entity, and some forty statements have
 * one. Were their type given beside the list, it would be said twice, and a caller that leaves it out would be slower without anybody
 * noticing. Here the cast that PostgreSQL needs anyway says it.
 */
export function statementValues(text: string, parameters: readonly unknown[]): unknown[] {
  if (!parameters.some(Array.isArray)) return [...parameters];
  const types = elementTypesOf(text);
  return parameters.map((parameter, index) =>
    Array.isArray(parameter) ? arrayParameter(types[index], parameter) : parameter,
  );
}

function elementTypesOf(text: string): readonly (string | undefined)[] {
  const known = elementTypes.get(text);
  if (known !== undefined) return known;
  const types: (string | undefined)[] = [];
  for (const [, number, type = ''] of text.matchAll(CAST)) types[Number(number) - 1] = type;
  // Only texts that are constants are remembered: those that may be prepared.
  if (preparedName(text) !== undefined) elementTypes.set(text, types);
  return types;
}
