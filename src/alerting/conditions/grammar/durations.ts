import { phrasesOf, type Cursor } from './cursor';
import { readNumberWords } from './number-words';
import { isDigit } from './tokens';

export const SECONDS: Readonly<Record<string, number>> = {
  ...{ s: 1, sec: 1, secs: 1, second: 1, seconds: 1, m: 60, min: 60, mins: 60, minute: 60, minutes: 60 },
  ...{ h: 3600, hr: 3600, hrs: 3600, hour: 3600, hours: 3600, d: 86_400, day: 86_400, days: 86_400 },
  ...{ w: 604_800, week: 604_800, weeks: 604_800 },
};
export const MAX_SECONDS = 30 * 86_400;

/** Words before a duration that do not change its meaning. */
const BEFORE = phrasesOf('at least', 'more than', 'longer than', 'over', 'the', '>', '>=');
/** After these, a unit needs no number: "the last hour". */
const THE_LAST = phrasesOf('last', 'past', 'previous', 'whole', 'full', 'entire');
const CONSECUTIVE = phrasesOf('consecutive', 'straight', 'full', 'whole');
const AFTER = phrasesOf('or more', 'or longer', 'straight', 'in a row', 'or so', 'without a break', 'already');
const JOINTS = phrasesOf(', and', 'and', ',');
const HALF = phrasesOf('half a', 'half an', 'a half', 'half of an', 'half');
const QUARTER = phrasesOf('a quarter of an', 'a quarter of a', 'quarter of an', 'a quarter');

/** A part of a duration: `1 hour`, or all of `1h30m`. */
interface Part {
  readonly seconds: number;
  readonly unit: number;
}

/**
 * Reads a duration: `5 minutes`, `1h30m`, `an hour and a half`, `half an hour`, `two hours and ten minutes`.
 *
 * @returns seconds, with a fraction if there is one; undefined if no duration follows
 */
export function readDuration(cursor: Cursor): number | undefined {
  return cursor.attempt(() => {
    BEFORE.find((phrase) => cursor.accept(...phrase));
    if (cursor.isNext(['the'])) cursor.index += 1;
    const isLast = THE_LAST.some((phrase) => cursor.accept(...phrase));
    const first = readPart(cursor) ?? (isLast ? readUnit(cursor, 1) : undefined);
    if (!first) return undefined;
    let { seconds, unit } = first;
    for (;;) {
      const next = cursor.attempt(() => nextPart(cursor, unit));
      if (!next) break;
      seconds += next.seconds;
      unit = next.unit;
    }
    AFTER.find((phrase) => endsWith(cursor, phrase) && cursor.accept(...phrase));
    return rounded(seconds);
  });
}

/** "or more" belongs to the duration only if no comparison follows. */
function endsWith(cursor: Cursor, phrase: readonly string[]): boolean {
  const next = cursor.peek(phrase.length);
  return (
    next === undefined ||
    next.kind === 'close' ||
    next.kind === 'comma' ||
    ['and', 'or', '&&', '||'].includes(next.word)
  );
}

/** The next part of a duration: a smaller unit, or half of the unit before. */
function nextPart(cursor: Cursor, unit: number): Part | undefined {
  if (cursor.accept('and', 'a', 'half')) return { seconds: unit / 2, unit: 0 };
  JOINTS.find((conjunction) => cursor.accept(...conjunction));
  const part = readPart(cursor);
  return part && part.unit < unit ? part : undefined;
}

function readPart(cursor: Cursor): Part | undefined {
  const count = readCount(cursor);
  if (count === undefined) return undefined;
  const half = cursor.accept('and', 'a', 'half') ? 0.5 : 0;
  CONSECUTIVE.find((phrase) => cursor.accept(...phrase));
  const plain = readUnit(cursor, count + half);
  if (plain || half > 0) return plain;
  const written = cursor.token?.kind === 'word' ? compound(cursor.token.word, count) : undefined;
  if (written) cursor.index += 1;
  return written;
}

function readUnit(cursor: Cursor, count: number): Part | undefined {
  const word = cursor.token?.kind === 'word' ? cursor.token.word : '';
  if (!isUnit(word)) return undefined;
  const unit = SECONDS[word] ?? 0;
  cursor.index += 1;
  return { seconds: count * unit, unit };
}

/** The rest of `1h30m` after its first number: units and numbers, each unit smaller than the one before. */
function compound(word: string, count: number): Part | undefined {
  let [seconds, next, last, at] = [0, count, Infinity, 0];
  while (at < word.length) {
    const unitEnd = skip(word, at, (one) => !isDigit(one));
    const name = word.slice(at, unitEnd);
    const size = isUnit(name) ? (SECONDS[name] ?? 0) : 0;
    if (size === 0 || size >= last) return undefined;
    seconds += next * size;
    last = size;
    at = skip(word, unitEnd, isDigit);
    if (at === unitEnd) return at === word.length ? { seconds, unit: last } : undefined;
    next = Number(word.slice(unitEnd, at));
  }
  return undefined;
}

function readCount(cursor: Cursor): number | undefined {
  const { token } = cursor;
  if (token?.kind === 'number') {
    cursor.index += 1;
    return Number(token.text);
  }
  if (QUARTER.some((phrase) => cursor.accept(...phrase))) return 0.25;
  if (HALF.some((phrase) => cursor.accept(...phrase))) return 0.5;
  if (cursor.accept('a', 'couple', 'of')) return 2;
  const words = readNumberWords(cursor);
  if (words !== undefined) return words;
  return cursor.accept('a') || cursor.accept('an') ? 1 : undefined;
}

function isUnit(word: string): boolean {
  return Object.hasOwn(SECONDS, word);
}

function skip(word: string, start: number, belongs: (character: string | undefined) => boolean): number {
  let at = start;
  while (at < word.length && belongs(word[at])) at += 1;
  return at;
}

/** Removes rounding errors: 1.1 hours are 3960 seconds, although 1.1 × 3600 is slightly more. */
function rounded(seconds: number): number {
  const whole = Math.round(seconds);
  return Math.abs(seconds - whole) < 1e-6 ? whole : seconds;
}
