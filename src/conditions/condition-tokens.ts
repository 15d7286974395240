/** A word, a number, an operator's sign or a comma of a sentence. */
export interface Token {
  /** As it was written. */
  readonly text: string;
  /** In lower case. */
  readonly word: string;
  /** Where it begins, in characters from 0 on. */
  readonly at: number;
}

export const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const NUMBER_AND_REST = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([^\d.].*)$/i;

/** Takes a sentence apart. What follows a number without a space, as in `30°C` or `5m`, is a word of its own. */
export function tokensOf(text: string): Token[] {
  // What ends the sentence belongs to no word of it.
  const sentence = folded(text.replace(/[\s.]+$/, ''));
  return [...sentence.matchAll(/[<>=!]+|,|[^\s<>=!,]+/g)].flatMap(({ 0: part, index }) => {
    const [, number, rest] = (!NUMBER.test(part) && NUMBER_AND_REST.exec(part)) || [];
    if (number === undefined || rest === undefined) return [tokenOf(part, index)];
    return [tokenOf(number, index), tokenOf(rest, index + number.length)];
  });
}

/** Signs that look alike, as one of them: the Greek letter and the sign for millionths, degrees and ordinals, minus and hyphen. */
function folded(text: string): string {
  return text.replaceAll('\u03bc', '\u00b5').replaceAll('\u00ba', '\u00b0').replaceAll('\u2212', '-');
}

/** Whether one stands right behind the other. */
export function touch(one: Token, other: Token | undefined): boolean {
  return other !== undefined && one.at + one.text.length === other.at;
}

function tokenOf(text: string, at: number): Token {
  return { text, word: text.toLowerCase(), at };
}
