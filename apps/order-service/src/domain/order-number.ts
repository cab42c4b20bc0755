import { ORDER_NUMBER } from '@app/events';

/** Crockford's base 32: no I, L, O or U, which are misread as other characters, or read as words. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 8;
const GROUP = 4;

/** What people type for a character that looks like it, as Crockford's decoding has it. */
const LOOKALIKES: Readonly<Record<string, string>> = { I: '1', L: '1', O: '0' };

/** Random bytes that one number is made of: 40 bits. */
export const ORDER_NUMBER_BYTES = 5;

/** The order number, as `ORDER_NUMBER` of the events has it, of {@link ORDER_NUMBER_BYTES} bytes, five bits a character. */
export function orderNumberFrom(bytes: Uint8Array): string {
  // 40 bits are a safe integer; the bitwise operators of JavaScript would cut them to 32.
  let rest = bytes.subarray(0, ORDER_NUMBER_BYTES).reduce((bits, byte) => bits * 256 + byte, 0);
  let characters = '';
  for (let n = 0; n < LENGTH; n += 1) {
    characters = ALPHABET.charAt(rest % 32) + characters;
    rest = Math.floor(rest / 32);
  }
  return grouped(characters);
}

/** The order number somebody has typed, in any case and with or without its dash; undefined when it cannot be one. */
export function parseOrderNumber(text: string): string | undefined {
  if (text.length > LENGTH + 1) return undefined;
  const characters = text
    .toUpperCase()
    .replace('-', '')
    .replace(/[ILO]/g, (typed) => LOOKALIKES[typed] ?? typed);
  const number = grouped(characters);
  return ORDER_NUMBER.test(number) ? number : undefined;
}

function grouped(characters: string): string {
  return `${characters.slice(0, GROUP)}-${characters.slice(GROUP)}`;
}
