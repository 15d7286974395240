import { readRetryAfter } from './retry-after';

const NOW = Date.UTC(2024, 0, 15, 10, 0, 0);

it.each([
  ['0', 0],
  ['120', 120_000],
  ['3600.5', 3_600_500],
  ['0.3', 300],
  ['1.', 1000],
  [' 7 ', 7000],
  ['999999999999', 999_999_999_999_000],
  ['Mon, 15 Jan 2024 10:02:00 GMT', 120_000],
  ['Monday, 15-Jan-24 10:02:00 GMT', 120_000],
  ['2024-01-15T10:02:00Z', 120_000],
  ['Mon, 15 Jan 2024 09:00:00 GMT', 0],
])('reads %j as %d ms', (text, millis) => {
  expect(readRetryAfter(text, NOW)).toBe(millis);
});

it.each([undefined, '', 'soon', '-5', '1e3', '5s', '3600,5', '0x10', '12/24', '2024-01', 'Mon, nonsense'])(
  'reads nothing out of %j',
  (text) => {
    expect(readRetryAfter(text, NOW)).toBeNull();
  },
);
