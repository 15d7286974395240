import { formatBytes } from './bytes';

it.each([
  [0, '0 B'],
  [1, '1 B'],
  [1023, '1023 B'],
  [1024, '1 KB'],
  [1536, '1.5 KB'],
  [52_428_800, '50 MB'],
  [150 * 1024 ** 2 + 600_000, '151 MB'],
  [5 * 1024 ** 4, '5 TB'],
  [5000 * 1024 ** 4, '5000 TB'],
])('%p bytes are %p', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
