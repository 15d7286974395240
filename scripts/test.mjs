// `npm test`: installs and builds what is missing, then runs the tests on SQLite, and those of the areas below on PostgreSQL too.
// `npm run test:all`: repeats kills and hostile requests more often, and runs all that starts a server on PostgreSQL too.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ROOT, say } from './ready.mjs';
import { testFolder } from './test-folder.mjs';

/** What these areas do depends on the database. A file of another area says on its first line why it runs on PostgreSQL too. */
const DATABASE_AREAS = ['alerting', 'auth', 'database', 'ingest', 'keys', 'query', 'webhooks'];
const ALSO_ON_POSTGRES = '// On PostgreSQL too: ';

/** Compiled tests, which the next run uses too. */
const CACHE = join(ROOT, 'node_modules', '.cache', 'jest');

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

const counts = rounds.map((round) => ({ name: round.name, ...runJest(round) }));
rmSync(folder, { recursive: true, force: true });
say('');
for (const { name, passed, failed, skipped } of counts)
  say(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
const total = (kind) => counts.reduce((sum, count) => sum + count[kind], 0);
process.stdout.write(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped\n`);
const hasRun = args.length > 0 ? total('passed') > 0 : counts.every((count) => count.passed > 0);
process.exitCode = hasRun && counts.every((count) => count.status === 0) ? 0 : 1;

/** Patterns of the tests that PostgreSQL's round of `npm test` leaves out. */
function onlyOnSqlite() {
  const files = readdirSync(join(ROOT, 'test'), { recursive: true }).map((name) => name.replaceAll('\\', '/'));
  const specs = files.filter((name) => name.endsWith('.e2e-spec.ts') && !DATABASE_AREAS.includes(name.split('/')[0]));
  const once = specs.filter((name) => !readFileSync(join(ROOT, 'test', name), 'utf8').startsWith(ALSO_ON_POSTGRES));
  return ['\\.spec\\.ts$', ...once.map((name) => `/test/${name.replaceAll('.', '\\.')}$`)];
}

function runJest({ name, database, args }) {
  say(`\nTests on ${name}\n`);
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
  return { status, ...readCounts(results) };
}

function readCounts(path) {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8'));
    const broken = report.testResults.filter(
      (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
    ).length;
    return { passed: report.numPassedTests, failed: report.numFailedTests + broken, skipped: report.numPendingTests };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
