import { tokensOf, type Token } from './tokens';

/** A place in a condition, from which phrases are read. */
export class Cursor {
  readonly tokens: readonly Token[];
  index = 0;

  constructor(readonly text: string) {
    this.tokens = tokensOf(text);
  }

  get token(): Token | undefined {
    return this.tokens[this.index];
  }

  /** Where the next token begins; the text's length at its end. */
  get at(): number {
    return this.token?.at ?? this.text.length;
  }

  get isAtEnd(): boolean {
    return this.index >= this.tokens.length;
  }

  peek(ahead = 0): Token | undefined {
    return this.tokens[this.index + ahead];
  }

  /** What was written from one token on up to another, which is left out. */
  slice(from: number, to = this.index): string {
    const first = this.tokens[from];
    const last = this.tokens[to - 1];
    return first && last ? this.text.slice(first.at, last.end) : '';
  }

  /** Whether these words come next. Quoted texts are no words of the language. */
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

  /** Takes one of some words, and gives it. */
  acceptAny(words: ReadonlySet<string>): string | undefined {
    const token = this.token;
    if (token?.kind !== 'word' || !words.has(token.word)) return undefined;
    this.index += 1;
    return token.word;
  }

  /** Reads something, or goes back to where it began. */
  attempt<T>(read: () => T | undefined): T | undefined {
    const start = this.index;
    const found = read();
    if (found === undefined) this.index = start;
    return found;
  }
}

/** "Greater then" is written as often as "greater than". */
function isSame(word: string, wanted: string): boolean {
  return word === wanted || (wanted === 'than' && word === 'then');
}

/** Phrases as words, the longest first, since some begin with others. */
export function phrasesOf(...phrases: readonly string[]): readonly (readonly string[])[] {
  return phrases.map((phrase) => phrase.split(' ')).sort((one, other) => other.length - one.length);
}
