const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { maxWorkers, workerIdleMemoryLimit, testTimeout, ...shared } = require('./jest.config.js');

/** What these areas do depends on the database. A file that is an exception says on its first line why. */
const DATABASE_AREAS = ['alerting', 'auth', 'database', 'ingest', 'keys', 'query', 'webhooks'];
const ALSO_ON_POSTGRES = '// On PostgreSQL too: ';
const ONCE_IN_SHORT_RUN = '// On PostgreSQL in test:all only: ';

const UNIT_TESTS = '\\.spec\\.ts$';

/**
 * All tests of `scripts/test.mjs`: on SQLite, and in the same run on PostgreSQL. One pool of workers runs both, so that none waits for the
 * end of a round. @type {import('jest').Config}
 */
module.exports = {
  maxWorkers,
  workerIdleMemoryLimit,
  testTimeout,
  reporters: ['default', '<rootDir>/test/support/jest/counts.mjs'],
  projects: [
    project('SQLite', 'sqlite'),
    {
      ...project('PostgreSQL', 'postgres'),
      testPathIgnorePatterns: process.env.TEST_WHOLE === '1' ? [UNIT_TESTS] : onlyOnSqlite(),
    },
  ],
};

function project(displayName, database) {
  const globalSetup = `<rootDir>/test/support/${database}-setup.ts`;
  return { ...shared, globalSetup, displayName, rootDir: __dirname, testEnvironmentOptions: { database } };
}

/** Patterns of the tests that `npm test` runs on SQLite only. */
function onlyOnSqlite() {
  const files = readdirSync(join(__dirname, 'test'), { recursive: true }).map((name) => name.replaceAll('\\', '/'));
  const once = files.filter((name) => name.endsWith('.e2e-spec.ts') && !runsOnPostgres(name));
  return [UNIT_TESTS, ...once.map((name) => `/test/${name.replaceAll('.', '\\.')}$`)];
}

function runsOnPostgres(name) {
  const text = readFileSync(join(__dirname, 'test', name), 'utf8');
  return DATABASE_AREAS.includes(name.split('/')[0])
    ? !text.startsWith(ONCE_IN_SHORT_RUN)
    : text.startsWith(ALSO_ON_POSTGRES);
}
