// What a command needs before it can run: the packages of the lock file, and a build that is newer than its sources.
// It uses nothing but Node itself, so that it works in a fresh clone.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const PACKAGES = join(ROOT, 'node_modules');
const BUILT = join(ROOT, 'dist', 'main.js');
/** Every file of src/ as a module of its own, for benchmarks and tests that call parts of the server. */
const MODULES = join(ROOT, 'dist', 'modules');
/** Written last: where it is, the console is complete. */
const CONSOLE = join(ROOT, 'dist', 'console', 'manifest.json');
const SERVER_SOURCES = ['package.json', 'package-lock.json', 'scripts/build.mjs', 'scripts/build', 'src'];
/** The console uses parts of the server and of the client: readers of CSV and of Server-Sent Events. */
const CONSOLE_SOURCES = [...SERVER_SOURCES, 'clients/typescript/src', 'console'];

/**
 * The kinds of packages, each with a package that shows that they are installed. Those for development, which tests and checks need,
 * come on top of those for production, which are enough to build and to run the server.
 */
const KINDS = { production: 'esbuild', development: 'jest' };

/** Installs the locked packages, unless they are there for this version of Node. */
export function ensureInstalled(wanted = 'production') {
  // A start after a change of the lock file does not remove the packages for development.
  const kind = existsSync(stampOf('development')) ? 'development' : wanted;
  if (isInstalled(kind)) return;
  // What is there stays, so that SQLite is not compiled again.
  const command = isInstalled('production') ? 'install' : 'ci';
  run(process.execPath, [join(ROOT, 'scripts', 'install.mjs'), command, kind]);
  noteInstalled();
}

function isInstalled(kind) {
  const stamp = stampOf(kind);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === lockedPackages();
}

/** Notes which packages are there. npm calls it after each `npm ci` or `npm install`. */
export function noteInstalled() {
  for (const [kind, shown] of Object.entries(KINDS)) {
    // As a new file: copies of the project may share this one by a hard link.
    rmSync(stampOf(kind), { force: true });
    if (existsSync(join(PACKAGES, shown))) writeFileSync(stampOf(kind), lockedPackages());
  }
}

function stampOf(kind) {
  return join(PACKAGES, `.dakkio-${kind}`);
}

function lockedPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
  return `${lock} ${process.versions.modules} ${process.platform} ${process.arch}`;
}

/** Builds `dist/`, unless it is newer than every source. Tests need the packages for development too. */
export function ensureBuilt(kind = 'production') {
  ensureInstalled(kind);
  if (!isNewerThan(SERVER_SOURCES, BUILT)) {
    say('Building …');
    run(process.execPath, [join(ROOT, 'scripts', 'build.mjs'), 'server']);
  }
  if (!isNewerThan(CONSOLE_SOURCES, CONSOLE)) buildConsole();
}

/** The server works without its console. */
function buildConsole() {
  say('Building the console …');
  const { status } = spawnSync(process.execPath, [join(ROOT, 'scripts', 'build.mjs'), 'console'], {
    cwd: ROOT,
    stdio: ['inherit', 2, 2],
  });
  if (status !== 0) say('The console could not be built, for the reason above. The server works without it.');
}

/** Builds `dist/modules/`, unless it is newer than every source. */
export function ensureModules() {
  ensureBuilt('development');
  if (!isNewerThan(SERVER_SOURCES, MODULES)) run(process.execPath, [join(ROOT, 'scripts', 'build.mjs'), 'modules']);
  return MODULES;
}

function isNewerThan(sources, path) {
  if (!existsSync(path)) return false;
  const files = sources.map((name) => join(ROOT, name)).flatMap(filesAt);
  return statSync(path).mtimeMs > Math.max(...files.map((file) => statSync(file).mtimeMs));
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

/** The file itself, or every file of a folder but those of packages. */
function filesAt(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => !file.includes(`${sep}node_modules${sep}`));
}
