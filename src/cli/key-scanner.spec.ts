import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { newKeyText } from '../api-keys/key-text';
import { filesBelow, scan, scanFile, type Found } from './key-scanner';

async function* inPieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (const size of sizes) yield await Promise.resolve(bytes.subarray(at, (at += size)));
  yield bytes.subarray(at);
}

async function found(bytes: Buffer | string, sizes: readonly number[] = []): Promise<Found[]> {
  const all: Found[] = [];
  for await (const one of scan('f', inPieces(Buffer.from(bytes as string), sizes))) all.push(one);
  return all;
}

describe('the scanner', () => {
  it('finds every key, wherever it stands and however the file is cut up', async () => {
    const noise = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom('\n', '\r\n', 'dakkio_w_', 'dakkio_dakkio_a_', 'dakkio_w_abc123def456ghi789jkl012mno345pqr678'),
    );
    const key = fc.constantFrom('admin', 'write', 'read').map((type) => newKeyText(type as 'read'));
    const parts = fc.array(fc.oneof(noise, key), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(parts, fc.array(fc.nat(100), { maxLength: 20 }), async (texts, sizes) => {
        const bytes = Buffer.concat(texts.map((text) => Buffer.from(text)));
        const whole = bytes.toString('latin1');
        const places = (await found(bytes, sizes)).map(({ line, column, key: text }) => ({ line, column, key: text }));
        const expected = [...whole.matchAll(/(?=(dakkio_[awr]_[0-9A-Za-z]{36}))/g)]
          .filter(([, text = '']) => texts.includes(text) && text !== 'dakkio_w_abc123def456ghi789jkl012mno345pqr678')
          .map(({ index, 1: text }) => {
            const before = whole.slice(0, index);
            return { line: before.split('\n').length, column: index - before.lastIndexOf('\n'), key: text };
          });
        expect(places).toEqual(expected);
      }),
    );
  });

  it('takes no key that was mistyped, cut short or made up', async () => {
    const key = newKeyText('write');
    const wrong = key.slice(0, -1) + (key.endsWith('0') ? '1' : '0');
    expect(await found(`${wrong} ${key.slice(0, -1)} ${key.replace('_w_', '_r_')} ${key.toLowerCase()}`)).toEqual([]);
  });

  it('counts lines and columns from 1, whatever ends a line and comes before', async () => {
    const key = newKeyText('read');
    expect(await found(`a\r\nü: "${key}"\n\n${key}${key}`)).toEqual([
      { path: 'f', line: 2, column: 6, key },
      { path: 'f', line: 4, column: 1, key },
      { path: 'f', line: 4, column: 46, key },
    ]);
  });

  it('looks into folders, but not into .git, node_modules and what links point to', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dakkio-scan-'));
    for (const name of ['b', 'b/.git', 'node_modules', '.hidden']) mkdirSync(join(folder, name), { recursive: true });
    const files = ['a.txt', 'b/c.bin', 'b/.git/x', 'node_modules/y', '.hidden/z'];
    const key = newKeyText('admin');
    for (const name of files)
      writeFileSync(join(folder, name), Buffer.concat([Buffer.from([0, 255, 10]), Buffer.from(key)]));
    symlinkSync(join(folder, 'a.txt'), join(folder, 'link'));
    const seen = [...filesBelow([folder])].map((path) => relative(folder, path));
    expect(seen).toEqual(['.hidden/z', 'a.txt', 'b/c.bin']);
    const inFile = [];
    for await (const one of scanFile(join(folder, 'b/c.bin'))) inFile.push(one);
    expect(inFile).toEqual([{ path: join(folder, 'b/c.bin'), line: 2, column: 1, key }]);
    expect(() => [...filesBelow([join(folder, 'nothing')])]).toThrow('ENOENT');
    rmSync(folder, { recursive: true });
  });
});
