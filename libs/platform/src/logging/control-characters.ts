/**
 * Characters that are not seen and change how other text is seen: a terminal obeys some of them, and Unicode's bidirectional
 * algorithm (UAX #9) the others. `evil\u202Egnp.exe` reads as something else. Ranges of a character class of a regular expression.
 * - U+061C, U+200E, U+200F: marks of direction
 * - U+202A to U+202E, U+2066 to U+2069: embeddings, overrides, isolates
 * - U+206A to U+206F: deprecated formatting, which Unicode advises not to use
 * - U+FFF9 to U+FFFB: interlinear annotations, which hide text
 */
export const HIDDEN_CONTROLS = '\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u206F\\uFFF9-\\uFFFB';

/** C0 without tab, line feed and carriage return, DEL, C1: a terminal takes them for commands. */
const TERMINAL_CONTROLS = '\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F';

/** A carriage return alone writes over what stands in the line. */
const UNSHOWN = new RegExp(`[${TERMINAL_CONTROLS}${HIDDEN_CONTROLS}]|\\r(?!\\n)`);
const EACH_UNSHOWN = new RegExp(UNSHOWN, 'g');

/** The text with each such character written out, `\u202E`: it is still told, but nobody obeys it. Line breaks and tabs stay. */
export function withVisibleControls(text: string): string {
  if (!UNSHOWN.test(text)) return text;
  return text.replace(EACH_UNSHOWN, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  });
}
