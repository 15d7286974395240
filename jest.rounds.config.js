const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { maxWorkers, workerIdleMemoryLimit, testTimeout, ...shared } = require('./jest.config.js');

/** Whether nothing is left out: in `npm run test:all`, and for files that are named on the command line. */
const IS_WHOLE = process.env.TEST_FILES === 'all';
/** What the end-to-end tests of these areas do depends on the database: `npm run test:all` runs them on PostgreSQL too. */
const DATABASE_AREAS = ['alerting', 'auth', 'database', 'ingest', 'keys', 'query', 'webhooks'];
/** Exceptions, each with its reason in a line at the beginning of the file. */
const MARKS = {
  long: '// npm test leaves this out: ',
  postgres: '// npm test runs this on PostgreSQL too: ',
  postgresInAll: '// test:all runs this on PostgreSQL too: ',
  onlySqlite: '// test:all leaves PostgreSQL out: ',
};

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
    { ...project('SQLite', 'sqlite'), testPathIgnorePatterns: pathsOf((file) => !runsOnSqlite(file)) },
    {
      ...project('PostgreSQL', 'postgres'),
      testPathIgnorePatterns: [UNIT_TESTS, ...pathsOf((file) => !runsOnPostgres(file))],
    },
  ],
};

function project(displayName, database) {
  const globalSetup = `<rootDir>/test/support/${database}-setup.ts`;
  return { ...shared, globalSetup, displayName, rootDir: __dirname, testEnvironmentOptions: { database } };
}

/** Patterns of the test files below `test/` for which this is true. */
function pathsOf(isLeftOut) {
  const names = readdirSync(join(__dirname, 'test'), { recursive: true }).map((name) => name.replaceAll('\\', '/'));
  const files = names.filter((name) => name.endsWith('spec.ts')).map((name) => ({ name, ...marksOf(name) }));
  return files.filter(isLeftOut).map(({ name }) => `/test/${name.replaceAll('.', '\\.')}$`);
}

function marksOf(name) {
  const [comments] = /^(\/\/ .*\n)*/.exec(readFileSync(join(__dirname, 'test', name), 'utf8'));
  return Object.fromEntries(Object.entries(MARKS).map(([kind, mark]) => [kind, comments.includes(mark)]));
}

function runsOnSqlite({ long }) {
  return IS_WHOLE || !long;
}

function runsOnPostgres({ name, postgres, postgresInAll, onlySqlite }) {
  if (!IS_WHOLE) return postgres;
  return postgres || postgresInAll || (DATABASE_AREAS.includes(name.split('/')[0]) && !onlySqlite);
}
