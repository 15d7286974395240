import type { Refused } from './refused';

/** Texts that name an unknown field or compare a boolean or text. */
export const FIELDS: readonly Refused[] = [
  [
    'weight > 5',
    '…at "weight > 5": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more. Example: "temperature is greater than 5"',
  ],
  [
    'temprature > 40',
    '…at "temprature > 40": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "temperature"?). Example: "temperature is greater than 40"',
  ],
  ['pump > 3', 'pump is a boolean field, which supports only "is" and "is not". Example: "pump is true"'],
  ['door is above 3', 'door is a string field, which supports only "is" and "is not". Example: "door is error"'],
  ['pump is maybe', '…at "maybe": expected "true" or "false". Example: "pump is true"'],
  ['status', '…at the end: expected "is" or "is not", followed by a text. Example: "status is error"'],
  [
    'and temperature > 30',
    '…at "and temperature > 30": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "temperature"?). Example: "temperature is greater than 30"',
  ],
  [
    'average temperature > 30',
    '…at "average temperature > 30": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "temperature"?). Example: "temperature is greater than 30"',
  ],
  [
    'door is not open or closed',
    '…at "closed": expected a field, which must be repeated after "is not". Example: "door is not open and door is not closed"',
  ],
  [
    '"temperature > 30',
    '…at ""temperature > 30": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "temperature"?). Example: "temperature is greater than 30"',
  ],
  [
    'pressure > 3 and temperature > 30',
    '…at "pressure > 3 and temperature > 30": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more. Example: "temperature is greater than 3"',
  ],
  [
    'unknown',
    '…at "unknown": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more. Example: "temperature is greater than 30"',
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
    'temperature > 30 or more',
    '…at "more": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more. Example: "temperature is greater than 30"',
  ],
  [
    'a > b',
    '…at "a > b": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more. Example: "temperature is greater than 30"',
  ],
  [
    '"" > 3',
    '…at """ > 3": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more. Example: "temperature is greater than 3"',
  ],
  [
    'not temperature > 30',
    '…at "not temperature > 30": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "temperature"?). Example: "temperature is greater than 30"',
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
  [
    'battery < 3.3V',
    '…at "battery < 3.3V": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more. Example: "temperature is less than 3.3"',
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
];
