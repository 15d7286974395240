import fc from 'fast-check';
import type { Schema } from '../../sources/schema';
import type { Condition } from './condition';
import { parseCondition } from './condition-parser';
import { ConditionError } from './condition.errors';
import { printCondition } from './print';

const SCHEMA: Schema = [
  { name: 'temperature', type: 'number', slot: 0, unit: '°C' },
  { name: 'cpu_usage', type: 'number', slot: 1, unit: '%' },
  { name: 'cpu', type: 'number', slot: 2 },
  { name: 'is.open-for', type: 'number', slot: 3 },
  { name: 'door', type: 'boolean', slot: 4 },
  { name: 'soilMoisture', type: 'number', slot: 5, unit: '%' },
  { name: 'power', type: 'number', slot: 6, unit: 'mW' },
  { name: 'rate', type: 'number', slot: 7, unit: 'people per hour' },
  { name: 'Temp', type: 'number', slot: 8 },
  { name: 'temp', type: 'number', slot: 9 },
  { name: 'wind_10m', type: 'number', slot: 10 },
  { name: 'fan-speed', type: 'number', slot: 11 },
  { name: 'fan.speed', type: 'number', slot: 12 },
];
const parse = (text: string) => parseCondition(text, SCHEMA);
const of = (operator: string, value: unknown, field: string | null = 'temperature') => ({ field, operator, value });

it.each([
  ['temperature is greater than 30', of('gt', 30)],
  ['Temperature EXCEEDS 30', of('gt', 30)],
  ['temperature is above 30', of('gt', 30)],
  ['temperature > 30', of('gt', 30)],
  ['temperature>30', of('gt', 30)],
  ['temperature is less than -5.5', of('lt', -5.5)],
  ['temperature drops below 0', of('lt', 0)],
  ['temperature is below 1e3', of('lt', 1000)],
  ['temperature < .5', of('lt', 0.5)],
  ['temperature is at least 30', of('gte', 30)],
  ['temperature is greater than or equal to 30', of('gte', 30)],
  ['temperature >= 30', of('gte', 30)],
  ['temperature is at most 30', of('lte', 30)],
  ['temperature<=30', of('lte', 30)],
  ['temperature equals 30', of('eq', 30)],
  ['temperature is 30', of('eq', 30)],
  ['temperature = 30', of('eq', 30)],
  ['temperature is not 30', of('ne', 30)],
  ['temperature is not equal to 30', of('ne', 30)],
  ['temperature != 30', of('ne', 30)],
  ['temperature is between 10 and 20', of('between', [10, 20])],
  ['temperature is greater than 30°C', of('gt', 30)],
  ['temperature is greater than 30 degrees celsius', of('gt', 30)],
  ['cpu usage is above 80 percent', of('gt', 80, 'cpu_usage')],
  ['cpu_usage is above 80%', of('gt', 80, 'cpu_usage')],
  ['temperature is greater than 30 degrees', of('gt', 30)],
  ['temperature is above 30C, and cpu > 1', { operator: 'and', conditions: [of('gt', 30), of('gt', 1, 'cpu')] }],
  ['Temperature is above 30°.', of('gt', 30)],
  ['cpu is above 80 W', of('gt', 80, 'cpu')],
  ['CPU is above 80 m/s for 1 week', { ...of('gt', 80, 'cpu'), durationSeconds: 604_800 }],
  ['soil moisture drops below 20%', of('lt', 20, 'soilMoisture')],
  ['soilmoisture < 20 percent', of('lt', 20, 'soilMoisture')],
  ['power > 5mW', of('gt', 5, 'power')],
  ['rate > 5 people per hour for an hour', { ...of('gt', 5, 'rate'), durationSeconds: 3600 }],
  ['Temp > 1', of('gt', 1, 'Temp')],
  ['temp > 1', of('gt', 1, 'temp')],
  ['wind 10m > 1', of('gt', 1, 'wind_10m')],
  ['is open for is above 1', of('gt', 1, 'is.open-for')],
  ['is.open-for > 1', of('gt', 1, 'is.open-for')],
  ['temperature > −5 ºC', of('gt', -5)],
  ['temperature > 30 degC', of('gt', 30)],
  ['temperature > 30℃', of('gt', 30)],
  ['temperature > 30 for 5 minutes', { ...of('gt', 30), durationSeconds: 300 }],
  ['temperature > 30 °C for an hour', { ...of('gt', 30), durationSeconds: 3600 }],
  ['temperature is between 1 °C and 2 °C for 90s', { ...of('between', [1, 2]), durationSeconds: 90 }],
  ['no data for 30 minutes', of('no_data', 1800, null)],
  ['No data received for 1 day', of('no_data', 86_400, null)],
  ['no readings for 1 hour', of('no_data', 3600, null)],
  ['missing data for 2 hours', of('no_data', 7200, null)],
  [
    'temperature > 30 and cpu usage < 20 for 5 minutes',
    { operator: 'and', conditions: [of('gt', 30), of('lt', 20, 'cpu_usage')], durationSeconds: 300 },
  ],
  [
    'temperature is between 1 and 2 or cpu is 3',
    { operator: 'or', conditions: [of('between', [1, 2]), of('eq', 3, 'cpu')] },
  ],
  [
    'temperature > 30 for 5 minutes and cpu > 1 for 1 hour',
    {
      operator: 'and',
      conditions: [
        { ...of('gt', 30), durationSeconds: 300 },
        { ...of('gt', 1, 'cpu'), durationSeconds: 3600 },
      ],
    },
  ],
])('reads %j', (text, expected) => expect(parse(text)).toEqual(expected));

it.each([
  ['', 0, /at the end: expected a field\. Example: "temperature is greater than 30"/],
  ['humidity > 30', 0, /at "humidity > 30": expected a field of the data source, such as temperature, cpu_usage, /],
  ['temperature', 11, /at the end: expected a comparison/],
  ['temperature smells 30', 12, /at "smells 30": expected a comparison/],
  ['temperature > warm', 14, /at "warm": expected a number/],
  ['temperature > 30 and', 20, /at the end: expected a field/],
  ['temperature > 30 and cpu > 1 or cpu << 2', 36, /at "<< 2": expected a comparison/],
  [
    'no data for 1 hour or cpu < 2',
    19,
    /at "or cpu < 2": expected the end: "no data" cannot be combined with other conditions/,
  ],
  ['cpu > 1 for 1 hour for 2 hours', 19, /at "for 2 hours": expected "and", "or" or the end\./],
  ['temperature > 30 for ever', 21, /at "ever": expected a duration/],
  ['temperature > 30 for 5', 22, /at the end: expected a duration/],
  ['temperature > 30 for 31 days', 21, /from 1 second to 30 days/],
  ['temperature > 30 for 0 seconds', 21, /from 1 second to 30 days/],
  ['temperature is between 20 and 10', 30, /The lower bound 20 is above the upper bound 10/],
  ['temperature is between 20', 25, /expected "and" followed by the upper bound/],
  ['temperature > 30 °F', 17, /temperature is in °C, and °F cannot be converted to that unit/],
  ['door is above 1', 0, /door is a boolean field, which supports only "is" and "is not"\. Example: "door is true"/],
  ['no data', 7, /expected "for" and a duration/],
  ['temperature > 30 toString', 17, /at "toString": expected "and", "or", "for" or the end/],
  ['temperature > 30 percent', 17, /temperature is in °C, and percent cannot be converted to that unit/],
  [
    'temperature > 30 degrees fahrenheit',
    17,
    /temperature is in °C, and degrees fahrenheit cannot be converted to that unit/,
  ],
  ['power > 5 MA', 10, /power is in mW, and MA cannot be converted to that unit/],
  ['cpu > 1,000', 6, /at "1,000": expected a number without commas, such as 1500 or 1\.5/],
  ['cpu > 1 000', 8, /at "000": expected "and", "or", "for" or the end/],
  ['cpu > 30 40', 9, /at "40": expected "and", "or", "for" or the end/],
  ['cpu > 1.2.3', 6, /at "1\.2\.3": expected a number/],
  ['cpu > 30 unless it rains', 9, /at "unless it rains": expected "and", "or", "for" or the end/],
  ['cpu > 30 % please', 11, /at "please": expected "and", "or", "for" or the end/],
  ['cpu > 30 for 1.1 seconds', 13, /at "1\.1 seconds": expected a duration in whole seconds/],
  ['TEMP > 1', 0, /at "TEMP > 1": expected the exact name of one field: Temp, temp/],
  ['fan speed > 1', 0, /expected the exact name of one field: fan-speed, fan\.speed/],
  ['temperature > 1 for 5 constructor', 22, /expected a duration/],
])('reports where and why %j does not parse', (text, at, message) => {
  let thrown: unknown;
  try {
    parse(text);
  } catch (cause) {
    thrown = cause;
  }
  expect(thrown).toBeInstanceOf(ConditionError);
  expect([(thrown as ConditionError).at, (thrown as ConditionError).message]).toEqual([
    at,
    expect.stringMatching(message),
  ]);
  const [, example = ''] = /Example: "(.*)"$/.exec((thrown as ConditionError).message) ?? [];
  expect(parse(example)).toBeDefined();
});

it('accepts both micro signs', () => {
  const dust: Schema = [{ name: 'dust', type: 'number', slot: 0, unit: '\u03bcg/m\u00b3' }];
  expect(parseCondition('dust > 1 \u00b5g/m\u00b3', dust)).toEqual(of('gt', 1, 'dust'));
  expect(parseCondition('dust > 1 ug/m3', dust)).toEqual(of('gt', 1, 'dust'));
});

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
    { numRuns: 1000 },
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
    { numRuns: 2000 },
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
    { numRuns: 1000 },
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
    { numRuns: 3000 },
  );
});
