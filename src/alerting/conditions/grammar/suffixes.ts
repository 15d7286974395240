import { phrasesOf, type Cursor } from './cursor';
import type { Token } from './tokens';

const OR_MORE = [...suffixes('more higher above greater over larger bigger hotter warmer up'), ['+']];
const OR_LESS = suffixes('less lower below under fewer smaller colder cooler down');
const TERMINATORS = new Set('and or && || & | but for during lasting while , )'.split(' '));

/** Whether a comparison ends before this token. */
export function isTerminator(token: Token | undefined): boolean {
  return token === undefined || (token.kind !== 'quoted' && TERMINATORS.has(token.word));
}

/** Reads `or more` or `or less` after a number, at the end of the comparison. */
export function readSuffix(cursor: Cursor): 'gte' | 'lte' | undefined {
  return cursor.attempt(() => {
    const isMore = OR_MORE.some((phrase) => cursor.accept(...phrase));
    const isFound = isMore || OR_LESS.some((phrase) => cursor.accept(...phrase));
    if (!isFound || !isTerminator(cursor.token)) return undefined;
    return isMore ? 'gte' : 'lte';
  });
}

function suffixes(words: string): readonly (readonly string[])[] {
  return phrasesOf(...words.split(' ').flatMap((word) => [`or ${word}`, `and ${word}`]));
}
