import { withVisibleControls } from '@app/platform';
import { printable, printableJson } from './printable.ts';

const EVERY_CHARACTER = Array.from({ length: 0xd800 }, (_, code) => String.fromCharCode(code)).concat(
  Array.from({ length: 0x2000 }, (_, code) => String.fromCharCode(0xe000 + code)),
);

describe('what strangers sent, printed in a terminal', () => {
  it('has none of the characters that the services do not log', () => {
    const replaced = EVERY_CHARACTER.filter((character) => printable(character) !== character);
    expect(replaced).toEqual(EVERY_CHARACTER.filter((character) => withVisibleControls(character) !== character));
    expect(replaced).toEqual(
      expect.arrayContaining(['\u001b', '\u009b', '\u061c', '\u200f', '\u202e', '\u2069', '\ufffb']),
    );
  });

  it('is the same JSON as before for a program', () => {
    const value = { name: 'evil\u202egnp.exe\u2066\u200e\u009b\u001b', lines: 'a\nb\u206f', list: ['\ufff9'] };
    for (const indent of [undefined, 2]) {
      const text = printableJson(value, indent);
      expect(JSON.parse(text)).toEqual(value);
      expect(printable(text)).toBe(text);
    }
  });
});
