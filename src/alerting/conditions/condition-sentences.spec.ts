import fc from 'fast-check';
import { parse } from '../../../test/support/plain-conditions';
import { repetitions } from '../../../test/support/repetitions';
import type { Condition } from './condition';
import { ConditionError } from './condition.errors';
import { printCondition } from './print';

const seconds = fc.integer({ min: 1, max: 30 * 86_400 });
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const duration = fc.option(seconds, { nil: undefined });
const lasting = <T extends object>(condition: fc.Arbitrary<T>) =>
  fc.tuple(condition, duration).map(([one, durationSeconds]) => ({
    ...one,
    ...(durationSeconds !== undefined && { durationSeconds }),
  }));
const field = fc.constantFrom('temperature', 'cpu_usage', 'cpu', 'is.open-for');
const plain = fc.oneof(
  fc.record({ field, operator: fc.constantFrom('gt', 'gte', 'lt', 'lte', 'eq', 'ne'), value: number }),
  fc.record({
    field,
    operator: fc.constant('between'),
    value: fc.tuple(number, number).map(([one, other]) => [Math.min(one, other), Math.max(one, other)]),
  }),
);
const conjunction = fc.constantFrom('and', 'or').chain((operator) =>
  fc.oneof(
    lasting(fc.tuple(plain, plain).map((conditions) => ({ operator, conditions }))),
    fc
      .tuple(plain, seconds, lasting(plain))
      .map(([one, durationSeconds, other]) => ({ operator, conditions: [{ ...one, durationSeconds }, other] })),
  ),
);
const condition = fc.oneof(
  lasting(plain),
  conjunction,
  seconds.map((value) => ({ field: null, operator: 'no_data', value })),
) as unknown as fc.Arbitrary<Condition>;

it('parses what it prints as the same condition', () =>
  fc.assert(
    fc.property(condition, (one) => expect(parse(printCondition(one))).toEqual(one)),
    { numRuns: repetitions(100, 1000) },
  ));

/** Words in any case, as people write them. */
const anyCase = (text: string) =>
  fc.constantFrom(
    text,
    text.toLowerCase(),
    text.toUpperCase(),
    text.replace(/^\w/, (letter) => letter.toUpperCase()),
  );
const PHRASES = {
  gt: ['is greater than', 'exceeds', 'is above', '>'],
  lt: ['is less than', 'drops below', 'is below', '<'],
  gte: ['is at least', '>='],
  lte: ['is at most', '<='],
  eq: ['equals', 'is', '='],
  ne: ['is not equal to', 'is not', '!='],
};
const SAYABLE = {
  temperature: { spellings: ['temperature'], units: ['', ' °C', '°C', ' degrees celsius', ' celsius', 'C'] },
  cpu_usage: { spellings: ['cpu_usage', 'cpu usage'], units: ['', '%', ' %', ' percent', ' pct'] },
  soilMoisture: { spellings: ['soilMoisture', 'soil moisture'], units: ['', '%', ' percent'] },
  cpu: { spellings: ['cpu'], units: ['', ' W', ' km/h', ' percent'] },
};
interface Said {
  readonly text: string;
  readonly means: object;
}
/** Pieces with spaces, commas and the case of letters as they come. */
const saidNumber = (units: readonly string[]) =>
  fc
    .tuple(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), fc.constantFrom(...units))
    .map(([value, unit]) => ({ text: `${value + 0}${unit}`, value: value + 0 }));
const saidDuration = fc
  .tuple(
    fc.integer({ min: 1, max: 48 }),
    fc.constantFrom(
      ...([
        [' seconds', 1],
        ['s', 1],
        [' minutes', 60],
        ['m', 60],
        [' min', 60],
        [' hours', 3600],
        ['h', 3600],
      ] as const),
    ),
  )
  .map(([count, [unit, seconds]]) => ({ text: ` for ${count}${unit}`, durationSeconds: count * seconds }));
const saidSimple = fc.constantFrom(...(Object.keys(SAYABLE) as (keyof typeof SAYABLE)[])).chain((name) => {
  const { spellings, units } = SAYABLE[name];
  const spelling = fc.constantFrom(...spellings).chain(anyCase);
  const compared = fc.constantFrom(...(Object.keys(PHRASES) as (keyof typeof PHRASES)[])).chain((operator) =>
    fc
      .tuple(spelling, fc.constantFrom(...PHRASES[operator]).chain(anyCase), saidNumber(units))
      .map(([field, phrase, { text, value }]): Said => ({
        text: `${field} ${phrase} ${text}`,
        means: { field: name, operator, value },
      })),
  );
  const between = fc
    .tuple(spelling, anyCase('is between'), saidNumber(units), anyCase('and'), saidNumber(units))
    .filter(([, , low, , high]) => low.value <= high.value)
    .map(([field, phrase, low, and, high]): Said => ({
      text: `${field} ${phrase} ${low.text} ${and} ${high.text}`,
      means: { field: name, operator: 'between', value: [low.value, high.value] },
    }));
  return fc.oneof({ weight: 3, arbitrary: compared }, { weight: 1, arbitrary: between });
});
const saidLasting = (parsed: fc.Arbitrary<Said>) =>
  fc.tuple(parsed, fc.option(saidDuration, { nil: undefined })).map(([{ text, means }, lasts]): Said => ({
    text: text + (lasts?.text ?? ''),
    means: lasts ? { ...means, durationSeconds: lasts.durationSeconds } : means,
  }));
const saidJoint = saidLasting(
  fc
    .tuple(saidSimple, fc.constantFrom('and', 'or'), fc.constantFrom(' ', ', '), saidSimple)
    .chain(([one, operator, pause, other]) =>
      anyCase(operator).map((word): Said => ({
        text: `${one.text}${pause}${word} ${other.text}`,
        means: { operator, conditions: [one.means, other.means] },
      })),
    ),
);
const saidSilence = fc
  .tuple(fc.constantFrom('no data', 'no data received', 'no readings', 'missing data').chain(anyCase), saidDuration)
  .map(([phrase, { text, durationSeconds }]): Said => ({
    text: phrase + text,
    means: { field: null, operator: 'no_data', value: durationSeconds },
  }));
const sentences = fc.oneof(saidLasting(saidSimple), saidJoint, saidSilence);

it('parses every sentence of the grammar, and prints it so that it parses the same', () =>
  fc.assert(
    fc.property(sentences, fc.constantFrom('', '.', '  '), ({ text, means }, end) => {
      const read = parse(text + end);
      expect(read).toEqual(means);
      expect(parse(printCondition(read))).toEqual(means);
    }),
    { numRuns: repetitions(200, 2000) },
  ));

it('refuses unknown words after a sentence, and reports where', () =>
  fc.assert(
    fc.property(
      sentences,
      fc.constantFrom('unless it rains', 'please', '1', '40 50', 'of', 'not', ',', '> 3'),
      ({ text }, rest) => {
        const sentence = `${text} ${rest}`;
        let thrown: unknown;
        try {
          parse(sentence);
        } catch (cause) {
          thrown = cause;
        }
        expect(thrown).toBeInstanceOf(ConditionError);
        expect((thrown as ConditionError).at).toBe(text.length + 1);
      },
    ),
    { numRuns: repetitions(100, 1000) },
  ));

it('throws only ConditionError, for any text', () => {
  const words = fc.constantFrom(
    ...[
      'temperature',
      'cpu',
      'usage',
      'is',
      'not',
      'between',
      'and',
      'or',
      'for',
      '5',
      '30°C',
      'minutes',
      '>',
      '=',
      'no',
      'data',
      '%',
    ],
  );
  const sentence = fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 14 }).map((some) => some.join(' ')),
  );
  fc.assert(
    fc.property(sentence, (text) => {
      try {
        const read = parse(text);
        expect(parse(printCondition(read))).toEqual(read);
      } catch (cause) {
        if (!(cause instanceof ConditionError)) throw cause;
        expect(cause.at).toBeLessThanOrEqual(text.length);
      }
    }),
    { numRuns: repetitions(300, 3000) },
  );
});
