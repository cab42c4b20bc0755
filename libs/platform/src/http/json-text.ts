/** Why a text is not taken as the JSON of a request. `pointer` is a JSON pointer to the place. */
export interface JsonProblem {
  readonly pointer: string;
  readonly detail: string;
}

/** Levels of objects and lists; nothing of ours has more than four. */
export const MAX_JSON_DEPTH = 32;

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

interface Level {
  /** Names of the members so far; undefined in a list. */
  readonly names: Set<string> | undefined;
  /** The present member or index. */
  at: string | number;
  nameComes: boolean;
}

/**
 * What `JSON.parse` accepts and two readers may understand differently: a member name that occurs twice in an object (RFC 8259
 * leaves open which one counts), `__proto__` as a name, and nesting beyond {@link MAX_JSON_DEPTH} levels. In one pass over the text,
 * which has to be valid JSON.
 */
export function jsonProblem(text: string): JsonProblem | undefined {
  const levels: Level[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      const end = endOfString(text, index);
      const problem = nameProblem(levels, text.slice(index, end + 1));
      if (problem !== undefined) return problem;
      index = end;
    } else if (code === COMMA) {
      goOn(levels.at(-1));
    } else if (code === OPEN_OBJECT || code === OPEN_LIST) {
      if (levels.length === MAX_JSON_DEPTH) return TOO_DEEP;
      levels.push(code === OPEN_LIST ? listLevel() : { names: new Set(), at: '', nameComes: true });
    } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
      levels.pop();
    }
  }
  return undefined;
}

const TOO_DEEP: JsonProblem = { pointer: '', detail: `is nested too deeply: ${MAX_JSON_DEPTH} levels at most` };

function listLevel(): Level {
  return { names: undefined, at: 0, nameComes: false };
}

/** Behind a comma comes the next member, or the next entry. */
function goOn(level: Level | undefined): void {
  if (level === undefined) return;
  if (typeof level.at === 'number') level.at += 1;
  else level.nameComes = true;
}

/** Of a text that is the name of a member; of any other one there is nothing to say. */
function nameProblem(levels: readonly Level[], quoted: string): JsonProblem | undefined {
  const level = levels.at(-1);
  if (level?.nameComes !== true) return undefined;
  const name = quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
  level.at = name;
  level.nameComes = false;
  const twice = level.names?.has(name) === true;
  level.names?.add(name);
  if (!twice && name !== '__proto__') return undefined;
  const pointer = levels.map(({ at }) => `/${String(at).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return { pointer, detail: twice ? 'is there twice' : 'is not a name a member may have' };
}

function endOfString(text: string, start: number): number {
  for (let index = start + 1; ; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) return index;
    if (code === BACKSLASH) index += 1;
  }
}
