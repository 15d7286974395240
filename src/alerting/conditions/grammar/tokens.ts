export type TokenKind = 'word' | 'number' | 'sign' | 'quoted' | 'comma' | 'open' | 'close';

/** A piece of a condition. */
export interface Token {
  readonly kind: TokenKind;
  /** The text as written; for a quoted text, without the quotes. */
  readonly text: string;
  /** In lower case. */
  readonly word: string;
  /** The offsets of its start and end, in UTF-16 code units. */
  readonly at: number;
  readonly end: number;
}

/** Lookalike characters and what they count as. Both have the same length, so offsets stay valid. */
const FOLDED: Readonly<Record<string, string>> = {
  ...{ '\u03bc': '\u00b5', '\u00ba': '\u00b0', '\u2019': "'", '\u02bc': "'" },
  ...{ '\u2212': '-', '\u2010': '-', '\u2011': '-', '\u2012': '-', '\u2013': '-', '\u2014': '-', '\u2015': '-' },
  ...{ '\uff1c': '<', '\uff1e': '>', '\uff1d': '=', '\u2a7e': '\u2265', '\u2a7d': '\u2264' },
};
const CLOSING: Readonly<Record<string, string>> = {
  ...{ '"': '"', "'": "'", '`': '`' },
  ...{ '\u201c': '\u201d', '\u201e': '\u201c', '\u2018': "'", '\u00ab': '\u00bb' },
};
const SINGLES: Readonly<Record<string, TokenKind>> = { ',': 'comma', '(': 'open', ')': 'close' };
const COMPARING = '<>=!\u2265\u2264\u2260';
const JOINING = '&|';
const ENDING = '.!?;\u2026';

/**
 * Splits a text into tokens, in one pass. Text right after a number, as in `30°C` or `10-20`, is a token of its own; `isn't` is
 * two tokens.
 */
export function tokensOf(text: string): Token[] {
  return new Scanner(text).scan();
}

class Scanner {
  private readonly tokens: Token[] = [];
  private readonly folded: string;
  /** Closing quotes that do not occur again. They are not searched for twice, which keeps the scan linear. */
  private readonly missing = new Set<string>();
  private at = 0;

  constructor(private readonly text: string) {
    let end = text.length;
    while (end > 0 && (isSpace(text[end - 1]) || ENDING.includes(text[end - 1] ?? ''))) end -= 1;
    this.folded = Array.from({ length: end }, (_, index) => FOLDED[text[index] ?? ''] ?? text[index]).join('');
  }

  scan(): Token[] {
    while (this.at < this.folded.length) {
      const character = this.folded[this.at] ?? '';
      const single = SINGLES[character];
      if (isSpace(character)) this.at += 1;
      else if (single) this.add(single, this.at + 1);
      else if (COMPARING.includes(character))
        this.add(
          'sign',
          this.endOf((one) => COMPARING.includes(one)),
        );
      else if (JOINING.includes(character))
        this.add(
          'sign',
          this.endOf((one) => JOINING.includes(one)),
        );
      else if (!this.quoted(character)) this.run();
    }
    return this.tokens;
  }

  /** Reads a quoted text. A doubled quote inside stands for one. A quote that is never closed is a word. */
  private quoted(opening: string): boolean {
    const closing = CLOSING[opening];
    if (closing === undefined || this.missing.has(closing)) return false;
    let content = '';
    for (let at = this.at + 1; at < this.folded.length; at++) {
      if (this.folded[at] !== closing) content += this.text[at] ?? '';
      else if (opening === closing && this.folded[at + 1] === closing) content += this.folded[at++] ?? '';
      else {
        this.tokens.push({ kind: 'quoted', text: content, word: content.toLowerCase(), at: this.at, end: at + 1 });
        this.at = at + 1;
        return true;
      }
    }
    this.missing.add(closing);
    return false;
  }

  /** Numbers and words that follow each other without a space. */
  private run(): void {
    const end = this.endOf(
      (one) => !isSpace(one) && SINGLES[one] === undefined && !(COMPARING + JOINING).includes(one),
    );
    for (;;) {
      const number = endOfNumber(this.folded, this.at, end);
      // 1.2.3 is not a number.
      if (number === this.at || isDigit(this.folded[number]) || this.folded[number] === '.') break;
      this.add('number', number);
      if (this.at === end) return;
      if (this.folded[this.at] !== '-') break;
    }
    this.words(end);
  }

  private words(end: number): void {
    const word = this.folded.slice(this.at, end).toLowerCase();
    for (const [ending, meaning] of [
      ["n't", 'not'],
      ["'s", 'is'],
    ] as const) {
      if (!word.endsWith(ending) || word.length <= ending.length) continue;
      this.add('word', end - ending.length);
      this.tokens.push({ kind: 'word', text: this.text.slice(this.at, end), word: meaning, at: this.at, end });
      this.at = end;
      return;
    }
    this.add('word', end);
  }

  private add(kind: TokenKind, end: number): void {
    const text = this.folded.slice(this.at, end);
    this.tokens.push({ kind, text, word: text.toLowerCase(), at: this.at, end });
    this.at = end;
  }

  private endOf(belongs: (character: string) => boolean): number {
    let end = this.at + 1;
    while (end < this.folded.length && belongs(this.folded[end] ?? '')) end += 1;
    return end;
  }
}

/** The end of the number that starts here, such as `-1.5e3`; `start` if there is none. */
function endOfNumber(text: string, start: number, end: number): number {
  let at = start;
  if (text[at] === '-' || text[at] === '+') at += 1;
  const whole = skipDigits(text, at, end);
  const after = text[whole] === '.' && whole < end ? skipDigits(text, whole + 1, end) : whole;
  if (whole === at && after <= whole + 1) return start;
  if (text[after]?.toLowerCase() !== 'e' || after >= end) return after;
  const sign = text[after + 1] === '-' || text[after + 1] === '+' ? 1 : 0;
  const power = skipDigits(text, after + 1 + sign, end);
  return power > after + 1 + sign ? power : after;
}

function skipDigits(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && isDigit(text[at])) at += 1;
  return at;
}

export function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}

function isSpace(character: string | undefined): boolean {
  return character !== undefined && character.trim() === '';
}
