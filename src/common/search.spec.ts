import { containing } from './search';

it.each([
  ['Küche Nord', 'KÜCHE'],
  ['KÜCHE süd', 'üch'],
  ['ΑΘΗΝΑ', 'αθην'],
  ['Москва', 'моск'],
  ['Hall 100%', '%'],
  ['Hall_1', '_'],
  ['C:\\temp', '\\T'],
  ["O'Brien", "'"],
  ['Hall', ''],
  ['Hall', undefined],
])('finds in %j the text %j', (text, searched) => {
  expect(containing(searched)(text)).toBe(true);
});

it.each([
  ['Hall 100', '%'],
  ['Hall 1', '_'],
  ['Hall', 'h%l'],
  ['Hall', 'H__l'],
  ['Kuche', 'küche'],
  ['Hall', 'Halle'],
])('does not find in %j the text %j', (text, searched) => {
  expect(containing(searched)(text)).toBe(false);
});
