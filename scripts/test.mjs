// `npm test`: sets up what is missing, then runs every test: on SQLite, then what touches a database once more on PostgreSQL.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ROOT, say } from './ready.mjs';

ensureBuilt();
const folder = mkdtempSync(join(tmpdir(), 'dakkio-test-'));
const args = process.argv.slice(2);
const rounds = [
  { name: 'SQLite', database: 'sqlite', args },
  { name: 'PostgreSQL', database: 'postgres', args: ['--testPathPatterns', '\\.e2e-spec\\.ts$', ...args] },
];

const counts = rounds.map((round) => ({ name: round.name, ...runJest(round) }));
rmSync(folder, { recursive: true, force: true });
say('');
for (const { name, passed, failed, skipped } of counts)
  say(`${name}: ${passed} passed, ${failed} failed, ${skipped} left out`);
const total = (kind) => counts.reduce((sum, count) => sum + count[kind], 0);
process.stdout.write(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped\n`);
process.exitCode = counts.every((count) => count.status === 0 && count.passed > 0) ? 0 : 1;

function runJest({ name, database, args }) {
  say(`\nTests on ${name}\n`);
  const results = join(folder, `${database}.json`);
  const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  const { status } = spawnSync(process.execPath, [jest, '--json', '--outputFile', results, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, TEST_DATABASE: database },
  });
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
