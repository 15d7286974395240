export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** How people name an encoding. */
export const ENCODING_NAMES: Readonly<Record<Encoding, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 (little endian)',
  'utf-16be': 'UTF-16 (big endian)',
  'windows-1252': 'Windows-1252',
};

const MARKS: readonly [mark: readonly number[], encoding: Encoding][] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

/**
 * The encoding of a text by its first bytes: by its byte order mark, by the zeros that UTF-16 has, or UTF-8 where the bytes are valid in it.
 * Everything else is Windows-1252, in which older programs and Excel write.
 */
export function encodingOf(bytes: Uint8Array): Encoding {
  const marked = MARKS.find(([mark]) => mark.every((byte, index) => bytes[index] === byte));
  if (marked) return marked[1];
  return zerosOf(bytes) ?? (isUtf8(bytes) ? 'utf-8' : 'windows-1252');
}

/** Text in UTF-16 without a mark has a zero in nearly every second byte. */
function zerosOf(bytes: Uint8Array): Encoding | undefined {
  const counts = [0, 0];
  const end = Math.min(bytes.length, 1024);
  for (let at = 0; at < end; at++) if (bytes[at] === 0) counts[at % 2] = (counts[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = counts;
  if (odd > end / 3 && even < end / 20) return 'utf-16le';
  return even > end / 3 && odd < end / 20 ? 'utf-16be' : undefined;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    // A stream, since the last character may be cut off.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Whether bytes are a zip archive, as the workbooks of spreadsheet programs are. */
export function isZip(bytes: Uint8Array): boolean {
  return [0x50, 0x4b, 0x03, 0x04].every((byte, index) => bytes[index] === byte);
}

/** Whether bytes are a file of gzip. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
