import fc from 'fast-check';
import { printable, printableLines } from './printable';

it.each([
  ['a\u001b[31mred\u001b[0m', 'a\\u{1b}[31mred\\u{1b}[0m'],
  ['\u009b2J', '\\u{9b}2J'],
  ['bell\u0007 back\b null\0 delete\u007f', 'bell\\u{7} back\\u{8} null\\u{0} delete\\u{7f}'],
  ['one\r\ntwo\tthree', 'one\\u{d}\\u{a}two\\u{9}three'],
  ['user\u202etxt.exe \u2066\u2069 \u200f', 'user\\u{202e}txt.exe \\u{2066}\\u{2069} \\u{200f}'],
  ['\u2028\u2029\ufeff', '\\u{2028}\\u{2029}\\u{feff}'],
  ['half \ud83c', 'half \\u{d83c}'],
  ['\u{e0041}', '\\u{e0041}'],
  ['Gewächshaus 🌱 👩‍🌾 نص עברית 漢字 C:\\path', 'Gewächshaus 🌱 👩‍🌾 نص עברית 漢字 C:\\path'],
])('shows %j as %s', (text, shown) => expect(printable(text)).toBe(shown));

it('leaves the lines of a text of several lines', () =>
  expect(printableLines('Error: a\u001b\n\tat b\r\n')).toBe('Error: a\\u{1b}\n\tat b\\u{d}\n'));

it('leaves nothing that a terminal acts on, and all that is ordinary', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(printable(text)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
  fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => expect(printable(text)).toBe(text)));
});
