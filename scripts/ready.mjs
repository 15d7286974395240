// What a command needs before it can run: the packages of the lock file, and a build that is newer than its sources.
// It uses nothing but Node itself, so that it works in a fresh clone.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const STAMP = join(ROOT, 'node_modules', '.dakkio-installed');
const NEST = join(ROOT, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
const BUILT = join(ROOT, 'dist', 'main.js');
const CLI = join(ROOT, 'dist', 'cli.js');
/** The API's description, which the server would otherwise make at the first request for it, in 0.1 s. */
const DOCUMENT = join(ROOT, 'dist', 'openapi.json');

/** Installs the locked packages, unless these very ones are there, for this major version of Node. */
export function ensureInstalled() {
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lockedPackages()) return;
  say('Installing the packages, about a minute the first time …');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  noteInstalled();
}

/** Notes that the locked packages are there, those for development among them. npm calls it after each `npm ci` or `npm install`. */
export function noteInstalled() {
  if (existsSync(NEST)) writeFileSync(STAMP, lockedPackages());
}

function lockedPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
  return `${lock} ${process.versions.modules} ${process.platform} ${process.arch}`;
}

/** Builds `dist/`, unless it is newer than every source. */
export function ensureBuilt() {
  ensureInstalled();
  const inputs = ['package-lock.json', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json'].map((name) =>
    join(ROOT, name),
  );
  const newest = Math.max(...[...inputs, ...filesBelow(join(ROOT, 'src'))].map((path) => statSync(path).mtimeMs));
  if (existsSync(BUILT) && statSync(BUILT).mtimeMs > newest) return;
  say('Building …');
  build();
}

/** Builds `dist/`, with the API's description in it. */
export function build() {
  run(process.execPath, [NEST, 'build']);
  run(process.execPath, [CLI, 'openapi', DOCUMENT], { stdio: ['inherit', 'ignore', 'pipe'] });
}

/** Runs a command in the project's folder with our own input and output, and ends with its status when it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: ROOT,
    stdio: ['inherit', 2, 2],
    shell: process.platform === 'win32',
    ...options,
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

export function say(text) {
  process.stderr.write(`${text}\n`);
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}
