/** Why a text is not taken as the JSON of a request. `pointer` is a JSON pointer to the place. */
export interface JsonProblem {
  readonly pointer: string;
  readonly detail: string;
}

/** Levels of objects and lists; nothing of ours has more than four. */
export const MAX_JSON_DEPTH = 32;

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [
  0x22, 0x5c, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d,
];

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
    const level = levels.at(-1);
    switch (text.charCodeAt(index)) {
      case QUOTE: {
        const end = endOfString(text, index);
        if (level?.nameComes === true) {
          const problem = nameProblem(levels, level, text.slice(index, end + 1));
          if (problem !== undefined) return problem;
        }
        index = end;
        break;
      }
      case OPEN_OBJECT:
      case OPEN_LIST:
        if (levels.length === MAX_JSON_DEPTH)
          return { pointer: '', detail: `nesting is limited to ${MAX_JSON_DEPTH} levels` };
        levels.push(
          text.charCodeAt(index) === OPEN_LIST
            ? { names: undefined, at: 0, nameComes: false }
            : { names: new Set(), at: '', nameComes: true },
        );
        break;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        levels.pop();
        break;
      case COMMA:
        if (level === undefined) break;
        if (typeof level.at === 'number') level.at += 1;
        else level.nameComes = true;
    }
  }
  return undefined;
}

function nameProblem(levels: readonly Level[], level: Level, quoted: string): JsonProblem | undefined {
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
