import { SCHEMA, refusalOf } from '../../../test/support/conditions';
import { parseCondition } from './condition-parser';
import { printCondition } from './print';

const SYNTAX = 'Cannot parse the condition ';

/** Refused texts and their messages. `…` stands for "Cannot parse the condition". */
const REFUSED: readonly (readonly [written: string, message: string])[] = [
  [
    'temperature > 86 °F',
    'temperature is in °C, and °F cannot be converted to that unit. Example: "temperature is greater than 86 °C"',
  ],
  [
    'weight > 5',
    '…at "weight > 5": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more. Example: "temperature is greater than 5"',
  ],
  [
    'temprature > 40',
    '…at "temprature > 40": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "temperature"?). Example: "temperature is greater than 40"',
  ],
  [
    'temperature is grater than 40',
    '…at "grater than 40": expected a comparison, such as "is greater than" (did you mean "greater than"?). Example: "temperature is greater than 40"',
  ],
  ['temperature is hot', '…at "hot": expected a number. Example: "temperature is greater than 30"'],
  [
    'temperature > 40 fro 5 minutes',
    '…at "fro 5 minutes": expected "and", "or", "for" or the end (did you mean "for"?). Example: "temperature is greater than 40"',
  ],
  [
    'temperature > 40 for 5 minuets',
    '…at "minuets": expected a duration, such as "5 minutes" or "1 hour" (did you mean "minutes"?). Example: "temperature is greater than 40 for 5 minutes"',
  ],
  [
    'temperature > 40 for a while',
    '…at "a while": expected a duration, such as "5 minutes" or "1 hour". Example: "temperature is greater than 40 for 5 minutes"',
  ],
  [
    'temperature > 1,500',
    '…at "1,500": expected a number without commas, such as 1500 or 1.5. Example: "temperature is greater than 1500"',
  ],
  ['pump > 3', 'pump is a boolean field, which supports only "is" and "is not". Example: "pump is true"'],
  ['door is above 3', 'door is a string field, which supports only "is" and "is not". Example: "door is error"'],
  ['pump is maybe', '…at "maybe": expected "true" or "false". Example: "pump is true"'],
  [
    'requests > 10m',
    '…at "m": expected a number without a suffix, or with k, M, G, T, Ki, Mi, Gi or Ti (case-sensitive). Example: "requests is greater than 10"',
  ],
  [
    'requests > 5 kW',
    'requests has no unit, so "5 kW" cannot be converted. Leave the unit out, or set the unit of the field. Example: "requests is greater than 5"',
  ],
  [
    'requests > 5 min',
    'requests has no unit, so "5 min" cannot be converted. Leave the unit out, or set the unit of the field. Example: "requests is greater than 5"',
  ],
  ['status', '…at the end: expected "is" or "is not", followed by a text. Example: "status is error"'],
  [
    'temperature',
    '…at the end: expected a comparison, such as "is greater than". Example: "temperature is greater than 30"',
  ],
  [
    'no temperature for 10 minutes',
    '…at "no temperature for 10 minutes": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "no data"?). Example: "no data for 10 minutes"',
  ],
  [
    'no dat for 10 minutes',
    '…at "no dat for 10 minutes": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "no data"?). Example: "no data for 10 minutes"',
  ],
  ['temperature > humidity', '…at "humidity": expected a number. Example: "temperature is greater than 30"'],
  [
    'temperature > 30 unless it rains',
    '…at "unless it rains": expected "and", "or", "for" or the end. Example: "temperature is greater than 30"',
  ],
  ['temperature > 30 and', '…at the end: expected a field. Example: "temperature is greater than 30"'],
  [
    'and temperature > 30',
    '…at "and temperature > 30": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "temperature"?). Example: "temperature is greater than 30"',
  ],
  [
    'temperature > 30 within 5 minutes',
    '…at "within 5 minutes": expected "and", "or", "for" or the end. Example: "temperature is greater than 30"',
  ],
  [
    'average temperature > 30',
    '…at "average temperature > 30": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "temperature"?). Example: "temperature is greater than 30"',
  ],
  [
    'temperature is between 20 and 10',
    'The lower bound 20 is above the upper bound 10. Example: "temperature is between 10 and 20"',
  ],
  [
    'temperature is outside 20 and 10',
    'The lower bound 20 is above the upper bound 10. Example: "temperature is outside 10 and 20"',
  ],
  ['(temperature > 30', '…at the end: expected ")", "and", "or" or "for". Example: "temperature is greater than 30"'],
  ['temperature > 30)', '…at ")": expected "(" before this ")". Example: "temperature is greater than 30"'],
  [
    'door is not open or closed',
    '…at "closed": expected a field, which must be repeated after "is not". Example: "door is not open and door is not closed"',
  ],
  [
    'no data',
    '…at the end: expected "for" and a duration, such as "for 30 minutes". Example: "no data for 30 minutes"',
  ],
  ['no data for 31 days', 'A duration must be from 1 second to 30 days. Example: "no data for 30 minutes"'],
  ['no data for 5', '…at "5": expected a duration, such as "5 minutes" or "1 hour". Example: "no data for 30 minutes"'],
  [
    'temperature > 30 for 0 seconds',
    'A duration must be from 1 second to 30 days. Example: "temperature is greater than 30 for 5 minutes"',
  ],
  [
    'temperature > 30 for 90.5 seconds',
    '…at "90.5 seconds": expected a duration in whole seconds, such as "90 seconds". Example: "temperature is greater than 30"',
  ],
  [
    '"temperature > 30',
    '…at ""temperature > 30": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "temperature"?). Example: "temperature is greater than 30"',
  ],
  [
    'temperature is between 10',
    '…at the end: expected "and" followed by the upper bound. Example: "temperature is between 10 and 20"',
  ],
  [
    'temperature > 5 MW',
    'temperature is in °C, and MW cannot be converted to that unit. Example: "temperature is greater than 5 °C"',
  ],
  ['power > 5k', 'power is in W, and k cannot be converted to that unit. Example: "power is greater than 5 W"'],
  [
    'pressure > 3 and temperature > 30',
    '…at "pressure > 3 and temperature > 30": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more. Example: "temperature is greater than 3"',
  ],
  [
    'temperature changes by 5',
    '…at "changes by 5": expected a comparison, such as "is greater than". Example: "temperature is greater than 5"',
  ],
  [
    'temperature crosses 30',
    '…at "crosses 30": expected a comparison, such as "is greater than". Example: "temperature is greater than 30"',
  ],
  [
    'unknown',
    '…at "unknown": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more. Example: "temperature is greater than 30"',
  ],
  [
    'temperature is abvoe 40',
    '…at "abvoe 40": expected a comparison, such as "is greater than" (did you mean "above"?). Example: "temperature is greater than 40"',
  ],
  [
    'temperature > 1,000,000',
    '…at "1,000,000": expected a number without commas, such as 1500 or 1.5. Example: "temperature is greater than 1000000"',
  ],
  [
    'oflfine for 10 minutes',
    '…at "oflfine for 10 minutes": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "no data"?). Example: "no data for 10 minutes"',
  ],
  [
    'no data for',
    '…at the end: expected a duration, such as "5 minutes" or "1 hour". Example: "no data for 30 minutes"',
  ],
  [
    'dor is open',
    '…at "dor is open": expected a field of the data source, such as door, temperature, humidity, requests, power or 7 more (did you mean "door"?). Example: "door is open"',
  ],
  [
    'pmp is on',
    '…at "pmp is on": expected a field of the data source, such as pump, temperature, humidity, requests, power or 7 more (did you mean "pump"?). Example: "pump is true"',
  ],
  ['pump is offf', '…at "offf": expected "true" or "false" (did you mean "off"?). Example: "pump is true"'],
  [
    'temperature > 30 adn humidity > 3',
    '…at "adn humidity > 3": expected "and", "or", "for" or the end (did you mean "and"?). Example: "temperature is greater than 30"',
  ],
  [
    'humidity temperature > 30',
    '…at "temperature > 30": expected a comparison, such as "is greater than". Example: "humidity is greater than 30"',
  ],
  [
    '(temperature > 30 for 31 days) or humidity > 3',
    'A duration must be from 1 second to 30 days. Example: "temperature is greater than 30 for 5 minutes"',
  ],
  [
    'temperature > 30 for 5 minutes for 5 minutes',
    '…at "for 5 minutes": expected "and", "or" or the end. Example: "temperature is greater than 30"',
  ],
  [
    'temperature > 1e400',
    '…at "1e400": expected a number in the range of a 64-bit float. Example: "temperature is greater than 30"',
  ],
  [
    'temperature > 30 or more',
    '…at "more": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more. Example: "temperature is greater than 30"',
  ],
  [
    'temperature is 30 or 40',
    '…at the end: expected a field, or a comparison such as "<" after the number. Example: "temperature is 30"',
  ],
  [
    'temperature > ten k',
    'temperature is in °C, and k cannot be converted to that unit. Example: "temperature is greater than 30 °C"',
  ],
  [
    'requests > 5g',
    '…at "g": expected a number without a suffix, or with k, M, G, T, Ki, Mi, Gi or Ti (case-sensitive). Example: "requests is greater than 5"',
  ],
  [
    'requests > 5 g',
    '…at "g": expected a number without a suffix, or with k, M, G, T, Ki, Mi, Gi or Ti (case-sensitive). Example: "requests is greater than 5"',
  ],
  [
    'requests > 5 kg',
    'requests has no unit, so "5 kg" cannot be converted. Leave the unit out, or set the unit of the field. Example: "requests is greater than 5"',
  ],
  [
    'requests > 5 mi',
    '…at "mi": expected a number without a suffix, or with k, M, G, T, Ki, Mi, Gi or Ti (case-sensitive). Example: "requests is greater than 5"',
  ],
  [
    'requests > 5MB',
    'requests has no unit, so "5MB" cannot be converted. Leave the unit out, or set the unit of the field. Example: "requests is greater than 5"',
  ],
  ['requests > 10kk', '…at "kk": expected "and", "or", "for" or the end. Example: "requests is greater than 10"'],
  ['temperature is on', '…at "on": expected a number. Example: "temperature is greater than 30"'],
  [
    'no data is true',
    '…at "no data is true": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "no data"?). Example: "no data for 30 minutes"',
  ],
  [
    'a > b',
    '…at "a > b": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more. Example: "temperature is greater than 30"',
  ],
  ['   ', '…at the end: expected a field. Example: "temperature is greater than 30"'],
  [
    '"temperature"',
    '…at the end: expected a comparison, such as "is greater than". Example: "temperature is greater than 30"',
  ],
  [
    '"" > 3',
    '…at """ > 3": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more. Example: "temperature is greater than 3"',
  ],
  ['temperature > "30"', '…at ""30"": expected a number. Example: "temperature is greater than 30"'],
  [
    'not temperature > 30',
    '…at "not temperature > 30": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "temperature"?). Example: "temperature is greater than 30"',
  ],
  [
    'temperature > 30; humidity > 80',
    '…at "; humidity > 80": expected "and", "or", "for" or the end. Example: "temperature is greater than 30"',
  ],
  [
    'temperature > 30, humidity > 80',
    '…at ", humidity > 80": expected "and", "or", "for" or the end. Example: "temperature is greater than 30"',
  ],
  [
    'temperature between 1 and 2 and 3',
    '…at the end: expected a field, or a comparison such as "<" after the number. Example: "temperature is between 1 and 2"',
  ],
  [
    'temperature > 1 or > 2 or > 3 or > 4 or > 5 or > 6 or > 7 or > 8 or > 9 or > 10 or > 11',
    'A condition can have at most 10 comparisons. Example: "temperature is greater than 11"',
  ],
  [
    'temperature >= 30 % ',
    'temperature is in °C, and % cannot be converted to that unit. Example: "temperature is at least 30 °C"',
  ],
  ['humidity is half', '…at "half": expected a number. Example: "humidity is greater than 30"'],
  ['requests over half a million', '…at "half a million": expected a number. Example: "requests is greater than 30"'],
  [
    'requests over one hundred and five',
    '…at the end: expected a field, or a comparison such as "<" after the number. Example: "requests is greater than 100"',
  ],
  [
    'no data for 10 minutes or temperature > 30',
    '…at "or temperature > 30": expected the end: "no data" cannot be combined with other conditions. Example: "no data for 30 minutes"',
  ],
  [
    'offline',
    '…at the end: expected "for" and a duration, such as "for 30 minutes". Example: "no data for 30 minutes"',
  ],
  [
    'Pm2.5 is over 35 micrograms',
    'pm2_5 is in µg/m³, and micrograms cannot be converted to that unit. Example: "pm2_5 is greater than 35 µg/m³"',
  ],
  ['door opne is', '…at "opne is": expected "is" or "is not", followed by a text. Example: "door is error"'],
  [
    'status equls error',
    '…at "equls error": expected a comparison, such as "is greater than" (did you mean "equals"?). Example: "status is error"',
  ],
  [
    'status is neither a nor b',
    '…at "neither a nor b": expected a text, in quotes if it has several words. Example: "status is error"',
  ],
  ['status is one of a, b', '…at ", b": expected "and", "or", "for" or the end. Example: "status is \'one of a\'"'],
  [
    'state is ok',
    '…at "state is ok": expected a field of the data source, such as status, temperature, humidity, requests, power or 7 more (did you mean "status"?). Example: "status is ok"',
  ],
  [
    'status contains error',
    '…at "contains error": expected "is" or "is not", followed by a text. Example: "status is error"',
  ],
  [
    'temp > 30',
    '…at "temp > 30": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "temperature"?). Example: "temperature is greater than 30"',
  ],
  [
    'hum > 80',
    '…at "hum > 80": expected a field of the data source, such as humidity, temperature, requests, power, pm2_5 or 7 more (did you mean "humidity"?). Example: "humidity is greater than 80"',
  ],
  ['temperature is 20 to 30', '…at "to 30": expected "and", "or", "for" or the end. Example: "temperature is 20"'],
  [
    'battery < 3.3V',
    '…at "battery < 3.3V": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more. Example: "temperature is less than 3.3"',
  ],
  [
    'temperature = 30 or 40',
    '…at the end: expected a field, or a comparison such as "<" after the number. Example: "temperature is 30"',
  ],
  ['temperature is neither 3', '…at "neither 3": expected a number. Example: "temperature is greater than 3"'],
  [
    'temperature above 30, humidity above 80',
    '…at ", humidity above 80": expected "and", "or", "for" or the end. Example: "temperature is greater than 30"',
  ],
  ['pump', '…at the end: expected "is" or "is not", followed by "true" or "false". Example: "pump is true"'],
  [
    'not pump',
    '…at "not pump": expected a field of the data source, such as pump, temperature, humidity, requests, power or 7 more (did you mean "pump"?). Example: "pump is true"',
  ],
  [
    'pump and temperature > 30',
    '…at "and temperature > 30": expected "is" or "is not", followed by "true" or "false". Example: "pump is true"',
  ],
  ['pump is neither', '…at "neither": expected "true" or "false". Example: "pump is true"'],
  [
    'temperature leaves 10 to 20',
    '…at "leaves 10 to 20": expected a comparison, such as "is greater than". Example: "temperature is greater than 10"',
  ],
  [
    'temperature is above thirty point five',
    '…at "point five": expected "and", "or", "for" or the end. Example: "temperature is greater than 30"',
  ],
  [
    'temperature is above 30 since 5 minutes',
    '…at "since 5 minutes": expected "and", "or", "for" or the end. Example: "temperature is greater than 30"',
  ],
  [
    'temperature > 30 5 minutes',
    '…at "5 minutes": expected "and", "or", "for" or the end. Example: "temperature is greater than 30"',
  ],
  [
    'temperature > 30 for 90',
    '…at the end: expected a duration, such as "5 minutes" or "1 hour". Example: "temperature is greater than 30 for 90 minutes"',
  ],
  [
    'temperature > 30 for five',
    '…at "five": expected a duration, such as "5 minutes" or "1 hour". Example: "temperature is greater than 30 for 5 minutes"',
  ],
  [
    'temperature > 30 for PT5M',
    '…at "PT5M": expected a duration, such as "5 minutes" or "1 hour". Example: "temperature is greater than 30 for 5 minutes"',
  ],
  [
    'temperature > 30 for 1:30',
    '…at ":30": expected a duration, such as "5 minutes" or "1 hour". Example: "temperature is greater than 30 for 1 minute"',
  ],
  [
    'temperature > 30 for a month',
    '…at "a month": expected a duration, such as "5 minutes" or "1 hour". Example: "temperature is greater than 30 for 5 minutes"',
  ],
  [
    'temperature or more',
    '…at "or more": expected a comparison, such as "is greater than". Example: "temperature is greater than 30"',
  ],
  [
    'temperature > 10k',
    'temperature is in °C, and k cannot be converted to that unit. Example: "temperature is greater than 10 °C"',
  ],
  ['requests > 10 mio', '…at "mio": expected "and", "or", "for" or the end. Example: "requests is greater than 10"'],
  [
    'requests between 1 and 2k',
    '…at "2k": expected a unit or multiplier after both numbers or after neither. Example: "requests is between 1 and 2"',
  ],
  [
    'temperature will be above 30',
    '…at "will be above 30": expected a comparison, such as "is greater than". Example: "temperature is greater than 30"',
  ],
  [
    'temperature must be above 30',
    '…at "must be above 30": expected a comparison, such as "is greater than". Example: "temperature is greater than 30"',
  ],
  [
    'temperature should be above 30',
    '…at "should be above 30": expected a comparison, such as "is greater than". Example: "temperature is greater than 30"',
  ],
  ['temperature is minimum 30', '…at "minimum 30": expected a number. Example: "temperature is greater than 30"'],
  [
    'temperature max 30',
    '…at "max 30": expected a comparison, such as "is greater than". Example: "temperature is greater than 30"',
  ],
  [
    'power between 5 and 10 kW',
    '…at "10 kW": expected a unit or multiplier after both numbers or after neither. Example: "power is between 5 and 10"',
  ],
  [
    'requests between 1 and 2 million',
    '…at "2 million": expected a unit or multiplier after both numbers or after neither. Example: "requests is between 1 and 2"',
  ],
  [
    '5 < power < 10 kW',
    '…at "10 kW": expected a unit or multiplier after both numbers or after neither. Example: "power is less than 5"',
  ],
  [
    'requests outside 1-2k',
    '…at "-2k": expected a unit or multiplier after both numbers or after neither. Example: "requests is outside -2 and 1"',
  ],
];

it.each(REFUSED)('refuses %j', (written, message) => {
  const { message: parsed } = refusalOf(written, SCHEMA);
  expect(parsed.replace(SYNTAX, '…')).toBe(message);
});

it('ends each error with an example that parses', () => {
  for (const [written] of REFUSED) {
    const [, example = ''] = /Example: "(.*)"$/.exec(refusalOf(written, SCHEMA).message) ?? [];
    expect([written, printCondition(parseCondition(example, SCHEMA))]).toEqual([written, expect.any(String)]);
  }
});

it('names at most five fields, however many there are', () => {
  const fields = Array.from({ length: 100 }, (_, slot) => ({ name: `field_${slot}`, type: 'number' as const, slot }));
  const { message } = refusalOf('pressure > 7', fields);
  expect(message).toContain(
    'expected a field of the data source, such as field_0, field_1, field_2, field_3, field_4 or 95 more.',
  );
  expect(message).toContain('Example: "field_0 is greater than 7"');
});
