import { tokensOf, type Token } from './tokens';

/** A position in the tokens of a condition. */
export class Cursor {
  readonly tokens: readonly Token[];
  index = 0;

  constructor(readonly text: string) {
    this.tokens = tokensOf(text);
  }

  get token(): Token | undefined {
    return this.tokens[this.index];
  }

  /** The offset of the next token; at the end, the length of the text. */
  get at(): number {
    return this.token?.at ?? this.text.length;
  }

  get isAtEnd(): boolean {
    return this.index >= this.tokens.length;
  }

  peek(ahead = 0): Token | undefined {
    return this.tokens[this.index + ahead];
  }

  /** The text of the tokens `[from, to)`. */
  slice(from: number, to = this.index): string {
    const first = this.tokens[from];
    const last = this.tokens[to - 1];
    return first && last ? this.text.slice(first.at, last.end) : '';
  }

  /** Whether these words follow. Quoted texts never match. */
  isNext(phrase: readonly string[], ahead = 0): boolean {
    return phrase.every((word, index) => {
      const token = this.peek(ahead + index);
      return token !== undefined && token.kind !== 'quoted' && isSame(token.word, word);
    });
  }

  accept(...phrase: readonly string[]): boolean {
    if (!this.isNext(phrase)) return false;
    this.index += phrase.length;
    return true;
  }

  /** Reads one of some words and returns it. */
  acceptAny(words: ReadonlySet<string>): string | undefined {
    const token = this.token;
    if (token?.kind !== 'word' || !words.has(token.word)) return undefined;
    this.index += 1;
    return token.word;
  }

  /** Runs `read`, and resets the position if it returns undefined. */
  attempt<T>(read: () => T | undefined): T | undefined {
    const start = this.index;
    const found = read();
    if (found === undefined) this.index = start;
    return found;
  }
}

/** "then" is a common typo of "than". */
function isSame(word: string, wanted: string): boolean {
  return word === wanted || (wanted === 'than' && word === 'then');
}

/** Phrases split into words, the longest first, because some are prefixes of others. */
export function phrasesOf(...phrases: readonly string[]): readonly (readonly string[])[] {
  return phrases.map((phrase) => phrase.split(' ')).sort((one, other) => other.length - one.length);
}
