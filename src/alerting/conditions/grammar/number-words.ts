import type { Cursor } from './cursor';

const ONES =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
/** Words that multiply the number before them by a power of ten. */
export const SCALE_WORDS: Readonly<Record<string, number>> = { hundred: 2, thousand: 3, million: 6, billion: 9 };

/** Reads a whole number in words: `five`, `twenty-five`, `two hundred`, `a thousand`. */
export function readNumberWords(cursor: Cursor): number | undefined {
  return cursor.attempt(() => {
    const start = belowHundred(cursor) ?? article(cursor);
    if (start === undefined) return undefined;
    let [total, group, least] = [0, start, Infinity];
    for (;;) {
      const power = scaleOf(cursor);
      if (power === undefined || power >= least) return total + group;
      cursor.index += 1;
      if (power === 2) {
        group = group * 100 + (belowHundred(cursor) ?? 0);
        continue;
      }
      least = power;
      total += group * 10 ** power;
      const next = belowHundred(cursor);
      if (next === undefined) return total;
      group = next;
    }
  });
}

/** `a hundred`, `a million`: an article is a number only before one of these. */
function article(cursor: Cursor): number | undefined {
  if (!cursor.isNext(['a']) || !Object.hasOwn(SCALE_WORDS, cursor.peek(1)?.word ?? '')) return undefined;
  cursor.index += 1;
  return 1;
}

function scaleOf(cursor: Cursor): number | undefined {
  const word = cursor.token?.kind === 'word' ? cursor.token.word : '';
  return Object.hasOwn(SCALE_WORDS, word) ? SCALE_WORDS[word] : undefined;
}

function belowHundred(cursor: Cursor): number | undefined {
  const token = cursor.token;
  if (token?.kind !== 'word') return undefined;
  const [first = '', second, ...more] = token.word.split('-');
  const ones = ONES.indexOf(first);
  if (ones >= 0 && second === undefined) {
    cursor.index += 1;
    return ones;
  }
  const tens = (TENS.indexOf(first) + 2) * 10;
  if (tens < 20 || more.length > 0) return undefined;
  const apart = second === undefined;
  const rest = ONES.indexOf(second ?? cursor.peek(1)?.word ?? '');
  const isRest = rest > 0 && rest < 10;
  if (!apart && !isRest) return undefined;
  cursor.index += apart && isRest ? 2 : 1;
  return isRest ? tens + rest : tens;
}
