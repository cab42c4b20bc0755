/**
 * What a terminal obeys (C0 but tab and line feed, DEL, C1), and what turns or hides the text around it: the same characters as
 * `withVisibleControls` of @app/platform writes out. Not taken from there because these commands start faster without it.
 */
const UNSHOWN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ufff9-\ufffb]/g;

/** What a stranger sent must not move the cursor, change the colours, or turn the words of the terminal it is looked at in. */
export function printable(text: string): string {
  return text.replace(UNSHOWN, '\uFFFD');
}

/** The same JSON, with those characters as escapes: programs read what they were sent, terminals do not obey it. */
export function printableJson(value: unknown, indent?: number): string {
  const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value, undefined, indent).replace(UNSHOWN, escaped);
}
