import { preferredType } from './accepted-type';

const JSON_TYPE = 'application/json';
const CSV = 'text/csv';

it.each([
  [undefined, JSON_TYPE],
  ['', JSON_TYPE],
  ['*/*', JSON_TYPE],
  [JSON_TYPE, JSON_TYPE],
  [CSV, CSV],
  ['text/csv; charset=utf-8', CSV],
  ['text/csv;charset=UTF-8;header=present', CSV],
  ['TEXT/CSV ; Charset="utf-8"', CSV],
  ['text/csv; note="a, application/json"', CSV],
  ['text/csv; charset=utf-8, */*;q=0.8', CSV],
  ['text/*', CSV],
  ['text/html, text/csv;q=0.9, */*;q=0.1', CSV],
  ['text/csv, application/json', CSV],
  ['application/json, text/csv', JSON_TYPE],
  ['application/json; charset=utf-8, text/csv', JSON_TYPE],
  ['text/csv;q=0.5, application/json', JSON_TYPE],
  ['text/csv;q=0.5, */*', JSON_TYPE],
  ['text/csv; charset=utf-8; q=0.5, application/json;q=0.4', CSV],
  ['*/*, text/csv', CSV],
  ['text/csv;q=0', JSON_TYPE],
  ['text/csv;q=0, text/*', JSON_TYPE],
  ['application/json;q=0, */*', CSV],
  ['text/csv;q=2', CSV],
  ['text/csvx', JSON_TYPE],
  ['image/png', JSON_TYPE],
  [',,;', JSON_TYPE],
  ['text/csv; note="never closed, application/json', CSV],
])('Accept: %s is answered in %s', (header, type) => expect(preferredType(header, [JSON_TYPE, CSV])).toBe(type));

it('takes no longer for a header made of quotes and commas than for others', () => {
  const header = '"\\,'.repeat(5000);
  expect(preferredType(header, [JSON_TYPE, CSV])).toBe(JSON_TYPE);
});
