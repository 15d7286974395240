import { preferredEncoding } from './accepted-encoding';

it.each([
  [undefined, undefined],
  ['', undefined],
  ['gzip', 'gzip'],
  ['br', 'br'],
  ['GZIP', 'gzip'],
  // What browsers send: at the same quality the server decides.
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip;q=1.0, br;q=0.9', 'gzip'],
  ['br;q=0.5, gzip;q=0.1', 'br'],
  ['gzip;q=0.5', 'gzip'],
  ['identity, gzip;q=0.5', undefined],
  ['identity;q=0.5, gzip;q=0.4', undefined],
  ['identity;q=0.5, gzip;q=0.5', 'gzip'],
  ['gzip;q=0', undefined],
  ['br;q=0, *', 'gzip'],
  ['*', 'br'],
  ['*;q=0', undefined],
  ['gzip, *;q=0', 'gzip'],
  ['identity;q=0', 'undefined'],
  ['identity;q=0, gzip', 'gzip'],
  ['deflate, zstd', undefined],
  ['gzip;q=high', undefined],
  [', ,gzip;;', 'gzip'],
])('chooses for "%s": %s', (header, encoding) => {
  expect(String(preferredEncoding(header, ['br', 'gzip']))).toBe(String(encoding));
});

it('chooses among what an answer can have', () => {
  expect(preferredEncoding('br, gzip;q=0.5', ['gzip'])).toBe('gzip');
  expect(preferredEncoding('br', ['gzip'])).toBeUndefined();
  expect(preferredEncoding('br, identity, gzip;q=0.5', ['gzip'])).toBeUndefined();
});
