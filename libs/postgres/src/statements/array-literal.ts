/** Needs no quotes in PostgreSQL's text form of an array: nothing that has a meaning there, no blanks, not empty. */
const PLAIN = /^[\w.:+-]+$/;
const NULL = /^null$/i;
const TO_ESCAPE = /[\\"]/g;
/** What JSON writes in a way that PostgreSQL does not read; anything else it escapes as PostgreSQL does, in native code. */
const NOT_AS_IN_JSON = /[\u0000-\u001f\ud800-\udfff]/;

/**
 * PostgreSQL's text form of an array with one dimension; `undefined` when something is in it that is left to pg. Columns without
 * a binary form are sent in it; pg's own conversion is made for values of any kind: it quotes all text and puts dates together by hand.
 */
export function arrayLiteral(elements: readonly unknown[]): string | undefined {
  let text = '{';
  for (let index = 0; index < elements.length; index += 1) {
    const element = elementLiteral(elements[index]);
    if (element === undefined) return undefined;
    text += index === 0 ? element : `,${element}`;
  }
  return `${text}}`;
}

function elementLiteral(value: unknown): string | undefined {
  if (typeof value === 'string') return textLiteral(value);
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return value instanceof Date ? `"${value.toISOString()}"` : undefined;
}

function textLiteral(text: string): string {
  if (PLAIN.test(text) && (text.length !== 4 || !NULL.test(text))) return text;
  if (!NOT_AS_IN_JSON.test(text)) return JSON.stringify(text);
  return `"${text.replace(TO_ESCAPE, '\\$&')}"`;
}
