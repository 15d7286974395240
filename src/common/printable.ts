/**
 * What a terminal or a reader of a log might act on instead of showing it: control characters, characters that change the
 * direction of text or hide it, line separators, and halves of surrogate pairs.
 */
const UNSAFE =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
const UNSAFE_BUT_LINES =
  /(?![\t\n])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** A text as one line that is safe to show: an escape character becomes `\u{1b}`, a line end `\u{a}`. */
export function printable(text: string): string {
  return text.replace(UNSAFE, escaped);
}

/** The same for a text of several lines, such as a stack: tabs and line ends stay. */
export function printableLines(text: string): string {
  return text.replace(UNSAFE_BUT_LINES, escaped);
}

function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
