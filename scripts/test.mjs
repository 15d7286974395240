// `npm test`: installs and builds what is missing, then runs the tests on SQLite, and those of the areas below on PostgreSQL too.
// `npm run test:all`: repeats kills and hostile requests more often, and runs all that starts a server on PostgreSQL too. Files that failed
// run once more, alone: what passes then is counted as passed, and is listed.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ensureBuilt, ROOT, say } from './ready.mjs';
import { testFolder } from './test-folder.mjs';

/** What these areas do depends on the database. A file that is an exception says on its first line why. */
const DATABASE_AREAS = ['alerting', 'auth', 'database', 'ingest', 'keys', 'query', 'webhooks'];
const ALSO_ON_POSTGRES = '// On PostgreSQL too: ';
const ONCE_IN_SHORT_RUN = '// On PostgreSQL in test:all only: ';

/** Compiled tests, which the next run uses too. */
const CACHE = join(ROOT, 'node_modules', '.cache', 'jest');

/** With more failed files than these, the cause is not a busy machine. */
const MAX_FILES_AGAIN = 3;

ensureBuilt('development');
const folder = mkdtempSync(join(testFolder(), 'dakkio-test-'));
// PostgreSQL runs as another user where the tests run as root.
chmodSync(folder, 0o711);
const isWhole = process.argv.includes('--all');
const args = process.argv.slice(2).filter((argument) => argument !== '--all');
const onlySqlite = isWhole ? ['\\.spec\\.ts$'] : onlyOnSqlite();
const rounds = [
  { name: 'SQLite', database: 'sqlite', args },
  { name: 'PostgreSQL', database: 'postgres', args: [...args, '--testPathIgnorePatterns', ...onlySqlite] },
];

const counts = rounds.map((round) => ({ name: round.name, ...runRound(round) }));
rmSync(folder, { recursive: true, force: true });
say('');
for (const { name, again } of counts) for (const test of again) say(`Failed once on ${name}, passed alone: ${test}`);
for (const { name, passed, failed, skipped } of counts)
  say(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
const total = (kind) => counts.reduce((sum, count) => sum + count[kind], 0);
process.stdout.write(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped\n`);
const hasRun = args.length > 0 ? total('passed') > 0 : counts.every((count) => count.passed > 0);
process.exitCode = hasRun && counts.every((count) => count.status === 0) ? 0 : 1;

/** Patterns of the tests that PostgreSQL's round of `npm test` leaves out. */
function onlyOnSqlite() {
  const files = readdirSync(join(ROOT, 'test'), { recursive: true }).map((name) => name.replaceAll('\\', '/'));
  const once = files.filter((name) => name.endsWith('.e2e-spec.ts') && !runsOnPostgres(name));
  return ['\\.spec\\.ts$', ...once.map((name) => `/test/${name.replaceAll('.', '\\.')}$`)];
}

function runsOnPostgres(name) {
  const text = readFileSync(join(ROOT, 'test', name), 'utf8');
  return DATABASE_AREAS.includes(name.split('/')[0])
    ? !text.startsWith(ONCE_IN_SHORT_RUN)
    : text.startsWith(ALSO_ON_POSTGRES);
}

function runRound({ name, database, args }) {
  say(`\nTests on ${name}\n`);
  const first = runJest(database, args);
  const files = first.failures.map(({ file }) => file);
  if (!isWhole || files.length === 0 || files.length > MAX_FILES_AGAIN) return { ...first, again: [] };
  say(`\nFailed files on ${name} once more, alone\n`);
  const alone = runJest(database, ['--runInBand', '--runTestsByPath', ...files]);
  if (alone.status !== 0) return { ...first, again: [] };
  const again = first.failures.flatMap(({ tests }) => tests);
  const passedBefore = first.failures.reduce((sum, { passed }) => sum + passed, 0);
  return { ...first, status: 0, passed: first.passed - passedBefore + alone.passed, failed: 0, again };
}

/** Runs tests on a database: the exit status, the counts, and the files with failed tests. */
function runJest(database, args) {
  const results = join(folder, `${database}.json`);
  const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  const { status } = spawnSync(
    process.execPath,
    [jest, '--json', '--outputFile', results, '--passWithNoTests', '--cacheDirectory', CACHE, ...args],
    {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, TEST_DATABASE: database, TMPDIR: folder, ...(isWhole && { TEST_WHOLE: '1' }) },
    },
  );
  return { status, ...readReport(results) };
}

function readReport(path) {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8'));
    const failures = report.testResults.filter(({ status }) => status === 'failed').map(failuresOf);
    const failed = failures.reduce((sum, { tests }) => sum + tests.length, 0);
    return { passed: report.numPassedTests, failed, skipped: report.numPendingTests, failures };
  } catch {
    return { passed: 0, failed: 1, skipped: 0, failures: [] };
  }
}

/** A file's failed tests by name. A file that could not be run at all counts as one. */
function failuresOf({ name, assertionResults }) {
  const failed = assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
  const file = relative(ROOT, name);
  const passed = assertionResults.filter(({ status }) => status === 'passed').length;
  return { file: name, passed, tests: (failed.length > 0 ? failed : ['the file']).map((test) => `${file}: ${test}`) };
}
