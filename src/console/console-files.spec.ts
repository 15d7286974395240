import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { ConsoleFiles } from './console-files';

let folder: string;
let files: ConsoleFiles;
let warn: jest.SpyInstance;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dakkio-console-'));
  files = new ConsoleFiles({ console: true }, folder);
  warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
});
afterEach(() => {
  warn.mockRestore();
  rmSync(folder, { recursive: true, force: true });
});

/** Writes a build whose page says this, as of this second. */
function build(text: string, second: number): void {
  writeFileSync(join(folder, 'index.html'), `<p>${text}</p>`);
  writeFileSync(join(folder, `main-${text}.js`), `say('${text}')`);
  const manifest = join(folder, 'manifest.json');
  writeFileSync(manifest, JSON.stringify({ files: { [`main-${text}.js`]: { bytes: 10 } } }));
  utimesSync(manifest, second, second);
}

const page = async () => (await files.page())?.bytes.toString();

it('has no page where the console is not built, and says so once', async () => {
  expect([await page(), await page(), await files.find('main-ONE.js')]).toEqual([undefined, undefined, undefined]);
  expect(warn.mock.calls).toEqual([
    [`The console cannot be read from ${folder} (ENOENT): / shows links instead. Run: npm run build`],
  ]);
});

it('serves a console that is built later, and each one that is built anew', async () => {
  expect(await page()).toBeUndefined();
  build('ONE', 1000);
  expect(await page()).toBe('<p>ONE</p>');
  expect((await files.find('main-ONE.js'))?.bytes.toString()).toBe("say('ONE')");
  build('TWO', 2000);
  expect(await page()).toBe('<p>TWO</p>');
  expect(await files.find('main-ONE.js')).toBeUndefined();
  expect((await files.find('main-TWO.js'))?.bytes.toString()).toBe("say('TWO')");
});

it('says it again when a console was there and is gone', async () => {
  await page();
  build('ONE', 1000);
  await page();
  rmSync(join(folder, 'manifest.json'));
  expect(await page()).toBeUndefined();
  expect(warn).toHaveBeenCalledTimes(2);
});

it('reads nothing where it is turned off', async () => {
  build('ONE', 1000);
  const off = new ConsoleFiles({ console: false }, folder);
  expect([await off.page(), await off.find('main-ONE.js')]).toEqual([undefined, undefined]);
  expect(warn).not.toHaveBeenCalled();
});
