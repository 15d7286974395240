import { createGunzip, gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { GzipPieces } from './gzip-pieces';

async function encode(pieces: readonly string[], last: string): Promise<Buffer[]> {
  const encoder = new GzipPieces();
  const encoded: Buffer[] = [];
  for (const piece of pieces) encoded.push(await encoder.next(piece));
  return [...encoded, await encoder.last(last)];
}

it('makes one gzip stream of any pieces', async () => {
  const piece = fc.string({ maxLength: 3000, unit: 'grapheme' });
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 6 }), fc.string(), async (pieces, last) => {
      const encoded = Buffer.concat(await encode(pieces, last));
      expect(gunzipSync(encoded).toString()).toBe(pieces.join('') + last);
    }),
  );
});

it.each([
  ['a last piece alone', [], '{}'],
  ['no text at all', [], ''],
  ['pieces without text', ['', ''], ''],
])('makes it of %s', async (_what, pieces, last) => {
  expect(gunzipSync(Buffer.concat(await encode(pieces, last))).toString()).toBe(last);
});

it('compresses pieces of 64 KB about as well as one', async () => {
  const row = (index: number) => `{"timestamp":"2024-01-15T10:${index % 60}:00.000Z","value":${Math.sin(index)}},`;
  const pieces = Array.from({ length: 10 }, (_, at) =>
    Array.from({ length: 900 }, (_, i) => row(at * 900 + i)).join(''),
  );
  const apart = Buffer.concat(await encode(pieces, '')).length;
  const together = Buffer.concat(await encode([pieces.join('')], '')).length;
  expect(apart / together).toBeLessThan(1.05);
});

it('lets a client decode each piece when it arrives', async () => {
  const encoder = new GzipPieces();
  const gunzip = createGunzip();
  for (const piece of ['{"data":[', '1,2', ',3']) {
    const decoded = new Promise((resolve) => gunzip.once('data', (bytes: Buffer) => resolve(bytes.toString())));
    gunzip.write(await encoder.next(piece));
    expect(await decoded).toBe(piece);
  }
  gunzip.destroy();
});

it('keeps no compressor between pieces', async () => {
  const encoder = new GzipPieces();
  await encoder.next('{"data":[');
  expect(Object.values(encoder)).toEqual([expect.any(Number), expect.any(Number), true]);
});
