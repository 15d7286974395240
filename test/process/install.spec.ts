import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const INSTALL = join(__dirname, '..', '..', 'scripts', 'install.mjs');
const folder = mkdtempSync(join(tmpdir(), 'dakkio-install-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the script with an npm that prints these lines and exits with this code. */
function install(kind: string, lines: readonly string[], code: number) {
  const npm = join(folder, 'npm');
  const print = lines.map((line) => `echo '${line}' >&2`).join('\n');
  writeFileSync(npm, `#!/bin/sh\necho "$@" > '${join(folder, 'arguments')}'\n${print}\nexit ${code}\n`);
  chmodSync(npm, 0o755);
  const environment = { PATH: `${folder}:${process.env.PATH}` };
  return spawnSync(process.execPath, [INSTALL, 'ci', kind], { env: environment, encoding: 'utf8' });
}

const NO_BINARY = 'prebuild-install warn install No prebuilt binaries found';
const COMPILES = /compiled, which takes one to three minutes/;

it('says what is installed and that SQLite is compiled, and nothing of npm itself', () => {
  const { status, stdout, stderr } = install('production', ['added 200 packages', NO_BINARY], 0);
  expect([status, stdout]).toEqual([0, '']);
  expect(stderr).toMatch(/^Installing packages \(about \d+ MB on disk\) …\nNo prebuilt SQLite [^\n]*\n$/);
  expect(stderr).toMatch(COMPILES);
});

it.each([
  [
    'Python',
    'gyp ERR! find Python You need to install the latest version of Python.',
    /install Python 3, make and a C\+\+/,
  ],
  ['make', 'gyp ERR! stack Error: not found: make', /install Python 3, make and a C\+\+ compiler/],
  ['a compiler', 'make: g++: No such file or directory', /install Python 3, make and a C\+\+ compiler/],
  ['the network', 'gyp ERR! stack is related to network connectivity.', /headers of Node\.js cannot be downloaded/],
  ['something else', 'npm error code ENOSPC', /The packages cannot be installed: above is the end of what npm printed/],
])('says in one sentence what to do where %s is missing, below what npm printed', (_what, line, sentence) => {
  const { status, stderr } = install('production', [NO_BINARY, line], 7);
  expect(status).toBe(7);
  const printed = stderr.trim().split('\n');
  expect(printed.at(-1)).toMatch(sentence);
  expect(printed.at(-2)).toBe(line);
});
