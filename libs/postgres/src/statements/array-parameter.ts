import { arrayLiteral } from './array-literal';
import { binaryArray, isBinaryElementType } from './binary-array';

/**
 * An array as pg is to send it for a parameter that is cast to `type[]`: in PostgreSQL's binary form where there is one, else in its text
 * form. pg would convert values of any kind one by one, and quote all text.
 * @param type as in the cast: `uuid`.
 */
export function arrayParameter(type: string | undefined, elements: readonly unknown[]): unknown {
  const values = type === 'json' || type === 'jsonb' ? elements.map(asJson) : elements;
  const binary = type !== undefined && isBinaryElementType(type) ? binaryArray(type, values) : undefined;
  return binary ?? arrayLiteral(values) ?? values;
}

/** Text is JSON already. */
function asJson(value: unknown): unknown {
  return value === null || value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}
