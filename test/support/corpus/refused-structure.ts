import type { Refused } from './refused';

/** Texts that end, or go on, in an unexpected way. */
export const STRUCTURE: readonly Refused[] = [
  [
    'temperature is grater than 40',
    '…at "grater than 40": expected a comparison, such as "is greater than" (did you mean "greater than"?). Example: "temperature is greater than 40"',
  ],
  [
    'temperature > 40 fro 5 minutes',
    '…at "fro 5 minutes": expected "and", "or", "for" or the end (did you mean "for"?). Example: "temperature is greater than 40"',
  ],
  [
    'temperature',
    '…at the end: expected a comparison, such as "is greater than". Example: "temperature is greater than 30"',
  ],
  [
    'temperature > 30 unless it rains',
    '…at "unless it rains": expected "and", "or", "for" or the end. Example: "temperature is greater than 30"',
  ],
  ['temperature > 30 and', '…at the end: expected a field. Example: "temperature is greater than 30"'],
  ['(temperature > 30', '…at the end: expected ")", "and", "or" or "for". Example: "temperature is greater than 30"'],
  ['temperature > 30)', '…at ")": expected "(" before this ")". Example: "temperature is greater than 30"'],
  [
    'temperature changes by 5',
    '…at "changes by 5": expected a comparison, such as "is greater than". Example: "temperature is greater than 5"',
  ],
  [
    'temperature crosses 30',
    '…at "crosses 30": expected a comparison, such as "is greater than". Example: "temperature is greater than 30"',
  ],
  [
    'temperature is abvoe 40',
    '…at "abvoe 40": expected a comparison, such as "is greater than" (did you mean "above"?). Example: "temperature is greater than 40"',
  ],
  [
    'temperature > 30 adn humidity > 3',
    '…at "adn humidity > 3": expected "and", "or", "for" or the end (did you mean "and"?). Example: "temperature is greater than 30"',
  ],
  [
    'humidity temperature > 30',
    '…at "temperature > 30": expected a comparison, such as "is greater than". Example: "humidity is greater than 30"',
  ],
  ['requests > 10kk', '…at "kk": expected "and", "or", "for" or the end. Example: "requests is greater than 10"'],
  ['   ', '…at the end: expected a field. Example: "temperature is greater than 30"'],
  [
    '"temperature"',
    '…at the end: expected a comparison, such as "is greater than". Example: "temperature is greater than 30"',
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
    'temperature > 1 or > 2 or > 3 or > 4 or > 5 or > 6 or > 7 or > 8 or > 9 or > 10 or > 11',
    'A condition can have at most 10 comparisons. Example: "temperature is greater than 11"',
  ],
  ['temperature is 20 to 30', '…at "to 30": expected "and", "or", "for" or the end. Example: "temperature is 20"'],
  [
    'temperature above 30, humidity above 80',
    '…at ", humidity above 80": expected "and", "or", "for" or the end. Example: "temperature is greater than 30"',
  ],
  [
    'temperature leaves 10 to 20',
    '…at "leaves 10 to 20": expected a comparison, such as "is greater than". Example: "temperature is greater than 10"',
  ],
  [
    'temperature is above thirty point five',
    '…at "point five": expected "and", "or", "for" or the end. Example: "temperature is greater than 30"',
  ],
  [
    'temperature or more',
    '…at "or more": expected a comparison, such as "is greater than". Example: "temperature is greater than 30"',
  ],
  ['requests > 10 mio', '…at "mio": expected "and", "or", "for" or the end. Example: "requests is greater than 10"'],
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
  [
    'temperature max 30',
    '…at "max 30": expected a comparison, such as "is greater than". Example: "temperature is greater than 30"',
  ],
];
