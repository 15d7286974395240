import { parse } from '../../../test/support/plain-conditions';
import type { Schema } from '../../sources/schema';
import { parseCondition } from './condition-parser';
import { ConditionError } from './condition.errors';

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
