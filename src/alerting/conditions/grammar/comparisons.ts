import type { ComparisonOperator } from '../condition';
import { phrasesOf, type Cursor } from './cursor';

export type Relation = ComparisonOperator | 'between' | 'outside';

/** A comparison as it is written. */
export interface WrittenRelation {
  readonly relation: Relation;
  /** Whether it is only a verb, such as `is`. A state or `30 or more` may follow. */
  readonly isVerbOnly: boolean;
}

const VERBS = new Set(
  (
    'is are was were be been being am has have had do does did goes go going went gets get got getting rises rise rising ' +
    'rose climbs climb climbed drops drop dropped dropping falls fall fell falling sinks sink sank dips dip dipped jumps ' +
    'jump jumped stays stay stayed staying remains remain remained keeps becomes become became turns turn turned ' +
    'increases increase increased decreases decrease decreased moves shows reads lies lie ranges risen at up down'
  ).split(' '),
);
const ADVERBS = new Set('now currently still constantly always ever also'.split(' '));
const NOT = new Set(['not', 'never']);
const UPWARD = ['rises', 'climbs', 'jumps', 'increases', 'goes up', 'rise', 'climb', 'jump', 'increase', 'go up'];
const DOWNWARD = ['drops', 'falls', 'sinks', 'dips', 'decreases', 'goes down', 'drop', 'fall', 'sink', 'dip', 'down'];
const MORE = ['greater', 'more', 'higher', 'larger', 'bigger', 'hotter', 'warmer', 'above', 'over'];
const LESS = ['less', 'lower', 'smaller', 'fewer', 'colder', 'cooler', 'below', 'under'];
const isPlace = (word: string) => ['above', 'over', 'below', 'under'].includes(word);

/** `greater than` and `above`; below, the same with "or equal to" before or after. */
const strict = (words: readonly string[]) => words.map((word) => (isPlace(word) ? word : `${word} than`));
const orEqual = (words: readonly string[]) =>
  words.flatMap((word) => {
    const than = isPlace(word) ? word : `${word} than`;
    const before = ['equal to or', 'equal or', 'at or'].map((first) => `${first} ${than}`);
    return [
      `${word} or equal to`,
      `${word} or equal than`,
      `${than} or equal to`,
      `${than} or equals`,
      `${than} or equal`,
      ...before,
    ];
  });
const toward = (words: readonly string[]) => words.map((word) => `${word} to`);

const PHRASES: Readonly<Record<Relation, readonly string[]>> = {
  gt: [...strict(MORE), '>', 'exceeds', 'exceed', 'exceeded', 'exceeding', 'in excess of', 'beyond'],
  lt: [...strict(LESS), '<', 'beneath'],
  gte: [
    ...orEqual(MORE),
    ...['at least', 'no less than', 'no lower than', 'no fewer than', '>=', '=>', '\u2265', '> ='],
    ...[
      'equals or exceeds',
      'meets or exceeds',
      'reaches',
      'reach',
      'reached',
      'reaching',
      'hits',
      'hit',
      'at minimum',
      ...toward(UPWARD),
    ],
  ],
  lte: [
    ...orEqual(LESS),
    ...['at most', 'no more than', 'no higher than', 'no greater than', '<=', '=<', '\u2264', '< ='],
    ...['at maximum', ...toward(DOWNWARD)],
  ],
  between: ['between', 'in between', 'within', 'inside', 'from', 'in', 'in range', 'in the range', 'within the range']
    .flatMap((phrase) => [phrase, `${phrase} of`, `${phrase} from`])
    .filter((phrase) => !['in of', 'from of', 'from from', 'between of'].includes(phrase)),
  outside: ['outside', 'out of range', 'outside the range', 'out of the range', 'outside range'].flatMap((phrase) => [
    phrase,
    `${phrase} of`,
  ]),
  eq: ['equals', 'equal', 'equal to', 'equals to', 'the same as', 'same as', 'exactly', '=', '==', '==='],
  ne: ['!=', '!==', '<>', '\u2260', 'different from', 'other than', 'differs from', 'unequal to', 'anything but'],
};
const RELATIONS = (Object.entries(PHRASES) as [Relation, readonly string[]][])
  .flatMap(([relation, phrases]) => phrasesOf(...phrases).map((words) => ({ relation, words })))
  .sort((one, other) => other.words.length - one.words.length);
const STATES: ReadonlySet<Relation> = new Set(['eq', 'ne']);

const OPPOSITE: Readonly<Record<Relation, Relation>> = {
  ...{ gt: 'lte', gte: 'lt', lt: 'gte', lte: 'gt', eq: 'ne', ne: 'eq', between: 'outside', outside: 'between' },
};
/** The comparison with its sides swapped: `30 < temperature` is `temperature > 30`. */
const MIRRORED: Partial<Readonly<Record<Relation, ComparisonOperator>>> = {
  ...{ gt: 'lt', gte: 'lte', lt: 'gt', lte: 'gte', eq: 'eq', ne: 'ne' },
};

/** How examples write a comparison. */
export const CANONICAL: Readonly<Record<Relation, string>> = {
  ...{ gt: 'is greater than', gte: 'is at least', lt: 'is less than', lte: 'is at most', eq: 'is', ne: 'is not' },
  ...{ between: 'is between', outside: 'is outside' },
};

/**
 * Reads a comparison: verbs, "not" and a phrase such as `above`. At least one of them is present.
 *
 * @param forStates whether the field is a boolean or a text: words such as `above` may then be its value
 */
export function readRelation(cursor: Cursor, forStates = false): WrittenRelation | undefined {
  return cursor.attempt(() => {
    const start = cursor.index;
    let negations = 0;
    for (;;) {
      // Phrases first: "rises to 30" is more than the verb "rises".
      const relation = takeRelation(cursor, forStates);
      if (relation) return { relation: negated(relation, negations), isVerbOnly: false };
      if (cursor.acceptAny(NOT) || cursor.accept('no', 'longer')) negations += 1;
      else if (!cursor.acceptAny(VERBS) && !(cursor.index > start && cursor.acceptAny(ADVERBS))) break;
    }
    return cursor.index > start ? { relation: negated('eq', negations), isVerbOnly: true } : undefined;
  });
}

/** Whether a comparison follows. */
export function isRelationNext(cursor: Cursor): boolean {
  const { index } = cursor;
  const isNext = readRelation(cursor) !== undefined;
  cursor.index = index;
  return isNext;
}

export function mirrored(relation: Relation): ComparisonOperator | undefined {
  return MIRRORED[relation];
}

export function opposite(relation: Relation): Relation {
  return OPPOSITE[relation];
}

/** All phrases, for suggestions. */
export function relationPhrases(): readonly { readonly relation: Relation; readonly words: readonly string[] }[] {
  return RELATIONS;
}

function takeRelation(cursor: Cursor, forStates: boolean): Relation | undefined {
  return RELATIONS.find(({ relation, words }) => (!forStates || STATES.has(relation)) && cursor.accept(...words))
    ?.relation;
}

function negated(relation: Relation, negations: number): Relation {
  return negations % 2 === 1 ? OPPOSITE[relation] : relation;
}
