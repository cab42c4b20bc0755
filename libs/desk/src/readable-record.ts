/** JSON nested deeper than this is not shown as JSON: writing it again might exhaust the stack. */
const MAX_DEPTH = 100;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A record's value as JSON, or null when it is none, or is too deeply nested to be shown. Never throws. */
export function readablePayload(value: Buffer | null): unknown {
  if (value === null) return null;
  try {
    const text = utf8.decode(value);
    return depthOf(text) > MAX_DEPTH ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

/** Bytes as text, whatever they are. */
export function readableText(bytes: Buffer): string {
  return bytes.toString('utf8').toWellFormed();
}

/** The deepest nesting a JSON text can have: brackets within strings are not counted. */
function depthOf(text: string): number {
  let [depth, deepest, quoted] = [0, 0, false];
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (quoted && character === '\\') index += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && (character === '[' || character === '{')) deepest = Math.max(deepest, (depth += 1));
    else if (!quoted && (character === ']' || character === '}')) depth -= 1;
  }
  return deepest;
}
