import { changesDirection, showsNothing } from './visible-text';

it.each([
  '',
  ' ',
  '\u00a0\u3000',
  '\u200b',
  '\u3164',
  '\uffa0',
  '\u2800',
  '\ufeff',
  '\u00ad\u200d',
  '\u034f',
  '\u{e0041}',
  '\ufe0f',
  '\u{1d159}',
  '\u{16fe4} \u115f',
])('shows nothing: %j', (text) => expect(showsNothing(text)).toBe(true));

it.each(['a', '.', '\u200ba', '👩‍🌾', '\u0645\u200c', '\u{1f3f4}\u{e0067}\u{e007f}', '\u0301', '\ufffd', '漢'])(
  'shows something: %j',
  (text) => expect(showsNothing(text)).toBe(false),
);

it.each(['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'])(
  'changes the direction of text: %j',
  (character) => expect(changesDirection(`a${character}b`)).toBe(true),
);

it.each(['עברית', 'مرحبا\u200f', 'a\u200eb', '\u2065\u206a\u2029', 'plain'])(
  'leaves the direction of text: %j',
  (text) => expect(changesDirection(text)).toBe(false),
);
