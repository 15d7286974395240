// `npm test`: installs and builds what is missing, then runs most tests on SQLite, and some of each area on PostgreSQL too
// (`jest.rounds.config.js` says which).
// `npm run test:all`: runs all tests on SQLite, and all that depend on the database on PostgreSQL too, and repeats kills and hostile requests.
// In both, files that failed run once more, alone: what passes then is counted as passed, and is listed.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ROOT, say } from './ready.mjs';
import { testFolder } from './test-folder.mjs';

/** Compiled tests, which the next run uses too. */
const CACHE = join(ROOT, 'node_modules', '.cache', 'jest');

const ROUNDS = ['SQLite', 'PostgreSQL'];

/** With more failed files than these on a database, the cause is not a busy machine. */
const MAX_FILES_AGAIN = 5;

ensureBuilt('development');
const folder = mkdtempSync(join(testFolder(), 'dakkio-test-'));
// PostgreSQL runs as another user where the tests run as root.
chmodSync(folder, 0o711);
const isWhole = process.argv.includes('--all');
const args = process.argv.slice(2).filter((argument) => argument !== '--all');

const first = runJest(args);
const counts = ROUNDS.map((name) => ({ name, ...runAgain(name, first.counts[name]) }));
removeFolder();
say('');
for (const { name, again } of counts) for (const test of again) say(`Failed once on ${name}, passed alone: ${test}`);
for (const { name, passed, failed, skipped } of counts)
  say(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
const total = (kind) => counts.reduce((sum, count) => sum + count[kind], 0);
process.stdout.write(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped\n`);
const hasRun = args.length > 0 ? total('passed') > 0 : counts.every((count) => count.passed > 0);
const isSound = first.status === 0 || counts.some(({ again }) => again.length > 0);
process.exitCode = hasRun && isSound && total('failed') === 0 ? 0 : 1;

/** It cannot be removed while a file system is mounted in it, which a failed test leaves behind. The results are printed anyway. */
function removeFolder() {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (cause) {
    say(`${folder} could not be removed: ${cause.message}`);
  }
}

/** Runs the failed files of a database once more, one after the other. */
function runAgain(name, count = { passed: 0, failed: 0, skipped: 0, failures: [] }) {
  const files = count.failures.map(({ file }) => file);
  if (files.length === 0 || files.length > MAX_FILES_AGAIN) return { ...count, again: [] };
  say(`\nFailed files on ${name} once more, alone\n`);
  const alone = runJest(['--runInBand', '--selectProjects', name, '--runTestsByPath', ...files]);
  const passed = alone.counts[name]?.passed ?? 0;
  if (alone.status !== 0) return { ...count, again: [] };
  const passedBefore = count.failures.reduce((sum, { passed }) => sum + passed, 0);
  const again = count.failures.flatMap(({ tests }) => tests);
  return { ...count, passed: count.passed - passedBefore + passed, failed: 0, again };
}

/** Runs tests: the exit status, and the counts and failed files by database. */
function runJest(args) {
  const countsFile = join(folder, 'counts.json');
  rmSync(countsFile, { force: true });
  const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  const { status } = spawnSync(
    process.execPath,
    [jest, '--config', 'jest.rounds.config.js', '--passWithNoTests', '--cacheDirectory', CACHE, ...args],
    {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        TEST_COUNTS: countsFile,
        TMPDIR: folder,
        TEST_FILES: isWhole || args.length > 0 ? 'all' : 'most',
        ...(isWhole && { TEST_WHOLE: '1' }),
      },
    },
  );
  return { status, counts: countsIn(countsFile) };
}

function countsIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return Object.fromEntries(ROUNDS.map((name) => [name, { passed: 0, failed: 1, skipped: 0, failures: [] }]));
  }
}
