import { arrayLiteral } from './array-literal';
import { binaryArray, isBinaryElementType, type BinaryElementType } from './binary-array';
import { preparedName } from './prepared-statements';

const CAST = /\$(\d+)::(\w+)\[\]/g;

/** By the text of a statement: what its parameters are arrays of, from their casts. */
const elementTypes = new Map<string, readonly (BinaryElementType | undefined)[]>();

/**
 * Parameters as pg is to send them: an array in PostgreSQL's binary form where the statement casts its parameter to one
 * (`$1::uuid[]`), else in its text form. pg would convert values of any kind one by one, and quote all text.
 */
export function statementValues(text: string, parameters: readonly unknown[]): unknown[] {
  if (!parameters.some(Array.isArray)) return [...parameters];
  const types = elementTypesOf(text);
  return parameters.map((parameter, index) => {
    if (!Array.isArray(parameter)) return parameter;
    const type = types[index];
    return (type === undefined ? undefined : binaryArray(type, parameter)) ?? arrayLiteral(parameter) ?? parameter;
  });
}

function elementTypesOf(text: string): readonly (BinaryElementType | undefined)[] {
  const known = elementTypes.get(text);
  if (known !== undefined) return known;
  const types: (BinaryElementType | undefined)[] = [];
  for (const [, number, type = ''] of text.matchAll(CAST)) {
    types[Number(number) - 1] = isBinaryElementType(type) ? type : undefined;
  }
  // Only texts that are constants are remembered: those that may be prepared.
  if (preparedName(text) !== undefined) elementTypes.set(text, types);
  return types;
}
