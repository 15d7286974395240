import type { Refused } from './refused';

/** Texts whose number or unit is wrong. */
export const NUMBERS: readonly Refused[] = [
  [
    'temperature > 86 °F',
    'temperature is in °C, and °F cannot be converted to that unit. Example: "temperature is greater than 86 °C"',
  ],
  ['temperature is hot', '…at "hot": expected a number. Example: "temperature is greater than 30"'],
  [
    'temperature > 1,500',
    '…at "1,500": expected a number without commas, such as 1500 or 1.5. Example: "temperature is greater than 1500"',
  ],
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
  ['temperature > humidity', '…at "humidity": expected a number. Example: "temperature is greater than 30"'],
  [
    'temperature is between 20 and 10',
    'The lower bound 20 is above the upper bound 10. Example: "temperature is between 10 and 20"',
  ],
  [
    'temperature is outside 20 and 10',
    'The lower bound 20 is above the upper bound 10. Example: "temperature is outside 10 and 20"',
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
    'temperature > 1,000,000',
    '…at "1,000,000": expected a number without commas, such as 1500 or 1.5. Example: "temperature is greater than 1000000"',
  ],
  [
    'temperature > 1e400',
    '…at "1e400": expected a number in the range of a 64-bit float. Example: "temperature is greater than 30"',
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
  ['temperature is on', '…at "on": expected a number. Example: "temperature is greater than 30"'],
  ['temperature > "30"', '…at ""30"": expected a number. Example: "temperature is greater than 30"'],
  [
    'temperature between 1 and 2 and 3',
    '…at the end: expected a field, or a comparison such as "<" after the number. Example: "temperature is between 1 and 2"',
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
    'Pm2.5 is over 35 micrograms',
    'pm2_5 is in µg/m³, and micrograms cannot be converted to that unit. Example: "pm2_5 is greater than 35 µg/m³"',
  ],
  [
    'temperature = 30 or 40',
    '…at the end: expected a field, or a comparison such as "<" after the number. Example: "temperature is 30"',
  ],
  ['temperature is neither 3', '…at "neither 3": expected a number. Example: "temperature is greater than 3"'],
  [
    'temperature > 10k',
    'temperature is in °C, and k cannot be converted to that unit. Example: "temperature is greater than 10 °C"',
  ],
  [
    'requests between 1 and 2k',
    '…at "2k": expected a unit or multiplier after both numbers or after neither. Example: "requests is between 1 and 2"',
  ],
  ['temperature is minimum 30', '…at "minimum 30": expected a number. Example: "temperature is greater than 30"'],
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
