// `npm test`: sets up what is missing, then runs every test: on SQLite, then what touches a database once more on PostgreSQL.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ROOT, say } from './ready.mjs';
import { testFolder } from './test-folder.mjs';

/** What touches no database; how HTTP is spoken and pages are shown is the same on each. */
const WITHOUT_DATABASE =
  '\\.spec\\.ts$|/test/docs/(docs|openapi)\\.|/test/http/(http-(?!refusals|validation)\\w+|lean-adapter)\\.e2e-spec\\.ts$';

/** Compiled tests, which the next run uses too. */
const CACHE = join(ROOT, 'node_modules', '.cache', 'jest');

ensureBuilt('development');
const folder = mkdtempSync(join(testFolder(), 'dakkio-test-'));
// PostgreSQL runs as another user where the tests run as root.
chmodSync(folder, 0o711);
const args = process.argv.slice(2);
const rounds = [
  { name: 'SQLite', database: 'sqlite', args },
  { name: 'PostgreSQL', database: 'postgres', args: [...args, `--testPathIgnorePatterns=${WITHOUT_DATABASE}`] },
];

const counts = rounds.map((round) => ({ name: round.name, ...runJest(round) }));
rmSync(folder, { recursive: true, force: true });
say('');
for (const { name, passed, failed, skipped } of counts)
  say(`${name}: ${passed} passed, ${failed} failed, ${skipped} left out`);
const total = (kind) => counts.reduce((sum, count) => sum + count[kind], 0);
process.stdout.write(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped\n`);
const isWhole = args.length > 0 ? total('passed') > 0 : counts.every((count) => count.passed > 0);
process.exitCode = isWhole && counts.every((count) => count.status === 0) ? 0 : 1;

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
      env: { ...process.env, TEST_DATABASE: database, TMPDIR: folder },
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
