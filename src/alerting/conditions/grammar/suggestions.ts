import type { Field } from '../../../sources/schema';
import type { SimpleCondition } from '../condition';
import { readRelation, relationPhrases, type Relation } from './comparisons';
import type { Cursor } from './cursor';
import { MAX_SECONDS, readDuration } from './durations';
import { normalizeName, type FieldNames } from './field-names';
import { nearestOf, nearestPairs } from '../../../common/nearest';

/** What is known of a comparison that failed to parse. */
export interface Draft {
  readonly field?: Field;
  readonly relation?: Relation;
  readonly value?: SimpleCondition['value'];
}

const DEFAULT_SECONDS = 1800;
const MAX_STATE_LENGTH = 40;
const MIN_PREFIX_LENGTH = 3;

/** Finds what was probably meant at the cursor. Does not move it. */
export class Suggestions {
  constructor(
    private readonly cursor: Cursor,
    private readonly names: FieldNames,
  ) {}

  /** The fields nearest to the next words, then fields named one or two words later. */
  nearestFields(): readonly Field[] {
    const { cursor, names } = this;
    const found = new Set<Field>();
    for (const count of [1, 2, 3]) {
      const parsed = normalizeName(
        cursor.tokens[cursor.index]?.kind === 'quoted'
          ? (cursor.token?.text ?? '')
          : cursor.slice(cursor.index, cursor.index + count),
      );
      for (const field of nearestOf(parsed, names.schema, ({ name }) => normalizeName(name))) found.add(field);
      // `temp` is a prefix of `temperature`.
      if (parsed.length >= MIN_PREFIX_LENGTH)
        for (const field of names.schema) if (normalizeName(field.name).startsWith(parsed)) found.add(field);
    }
    const start = cursor.index;
    for (const ahead of [1, 2]) {
      cursor.index = start + ahead;
      for (const field of names.matchesAt(cursor)[0]?.fields ?? []) found.add(field);
    }
    cursor.index = start;
    return [...found];
  }

  /** The duration of a probable `no_data` condition: `no dat for 5 minutes`, `no temperature for an hour`. */
  likelyNoData(): number | undefined {
    const { cursor } = this;
    const start = cursor.index;
    const [first = '', second = ''] = [cursor.peek(0)?.word, cursor.peek(1)?.word];
    const isMeant =
      first === 'no' ||
      nearestOf(`${first} ${second}`, ['no data', 'missing data'], (text) => text).length > 0 ||
      nearestOf(first, ['offline', 'silent', 'nothing'], (text) => text).length > 0;
    let seconds: number | undefined;
    while (isMeant && seconds === undefined && !cursor.isAtEnd) {
      cursor.index += 1;
      seconds = readDuration(cursor);
    }
    cursor.index = start;
    return isMeant ? wholeTime(seconds) : undefined;
  }

  /** The comparison nearest to the next words. */
  nearestRelation(): { readonly words: readonly string[]; readonly relation?: Relation } | undefined {
    const { cursor } = this;
    const parsed = [0, 1, 2, 3].map((ahead) => cursor.peek(ahead)?.word ?? '');
    const candidates = relationPhrases().filter(({ words }) => words.join('').length > 2);
    const near = nearestPairs(candidates, ({ words }) => [parsed.slice(0, words.length).join(' '), words.join(' ')]);
    return near[0];
  }

  /** The comparison after an unknown field. */
  draftAhead(): Draft {
    const { cursor } = this;
    const start = cursor.index;
    for (let index = start + 1; index < Math.min(start + 6, cursor.tokens.length); index++) {
      cursor.index = index;
      const parsed = readRelation(cursor);
      const token = cursor.token;
      cursor.index = start;
      if (!parsed || token === undefined || token.text.length > MAX_STATE_LENGTH) continue;
      return { relation: parsed.relation, ...(token.kind !== 'number' && { value: token.text }) };
    }
    return {};
  }
}

/** The duration if it is allowed, else a default. */
function wholeTime(seconds: number | undefined): number {
  const isAllowed = seconds !== undefined && Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_SECONDS;
  return isAllowed ? seconds : DEFAULT_SECONDS;
}
