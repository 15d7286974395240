import type { Refused } from './refused';

/** Texts about durations and missing data. */
export const DURATIONS: readonly Refused[] = [
  [
    'temperature > 40 for 5 minuets',
    '…at "minuets": expected a duration, such as "5 minutes" or "1 hour" (did you mean "minutes"?). Example: "temperature is greater than 40 for 5 minutes"',
  ],
  [
    'temperature > 40 for a while',
    '…at "a while": expected a duration, such as "5 minutes" or "1 hour". Example: "temperature is greater than 40 for 5 minutes"',
  ],
  [
    'no temperature for 10 minutes',
    '…at "no temperature for 10 minutes": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "no data"?). Example: "no data for 10 minutes"',
  ],
  [
    'no dat for 10 minutes',
    '…at "no dat for 10 minutes": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "no data"?). Example: "no data for 10 minutes"',
  ],
  [
    'temperature > 30 within 5 minutes',
    '…at "within 5 minutes": expected "and", "or", "for" or the end. Example: "temperature is greater than 30"',
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
    'oflfine for 10 minutes',
    '…at "oflfine for 10 minutes": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "no data"?). Example: "no data for 10 minutes"',
  ],
  [
    'no data for',
    '…at the end: expected a duration, such as "5 minutes" or "1 hour". Example: "no data for 30 minutes"',
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
    'no data is true',
    '…at "no data is true": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "no data"?). Example: "no data for 30 minutes"',
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
];
