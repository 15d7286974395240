import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrationNames, databaseOptions } from '../../src/database/options';
import { ENTITIES } from '../../src/entities';

const ROOT = join(__dirname, '..', '..');
const DIST = join(ROOT, 'dist');
const run = (code: string, ...args: string[]) =>
  execFileSync(process.execPath, ['-e', code, ...args], { encoding: 'utf8' });

describe('a stack trace of the bundle', () => {
  const BUNDLE = join(DIST, 'server.js');
  /** The position of the first line and column of some text in the bundle. */
  const positionOf = (text: string): string => {
    const lines = readFileSync(BUNDLE, 'latin1').split('\n');
    const line = lines.findIndex((one) => one.includes(text));
    return `${BUNDLE}:${line + 1}:${(lines[line]?.indexOf(text) ?? 0) + 1}`;
  };
  const lineOf = (path: string, text: string) =>
    readFileSync(join(ROOT, path), 'utf8')
      .split('\n')
      .findIndex((line) => line.includes(text)) + 1;

  it('has the lines of the sources and of packages', () => {
    const positions = ['explainFailure(cause', 'async getPendingMigrations()'].map(positionOf);
    // Parsed as a whole, the map holds other requests up for a fifth of a second.
    const code = `const fs = require('node:fs');
      const { readFileSync } = fs;
      fs.readFileSync = (path, ...rest) => {
        if (String(path).endsWith('.map')) throw new Error('The map is read as a whole');
        return readFileSync(path, ...rest);
      };
      const { sourcePositions } = require(${JSON.stringify(join(DIST, 'source-map.js'))});
      const found = sourcePositions(${JSON.stringify(BUNDLE)}, process.argv.slice(1));
      console.log(process.argv.slice(1).map((position) => found.get(position)).join('\\n'));`;
    const executor = 'node_modules/typeorm/migration/MigrationExecutor.js';
    expect(
      run(code, ...positions)
        .trim()
        .split('\n')
        .map((one) => one.replace(/:\d+$/, '')),
    ).toEqual([
      `${ROOT}/src/start-failures.ts:${lineOf('src/start-failures.ts', 'function explainFailure')}`,
      `${ROOT}/${executor}:${lineOf(executor, 'async getPendingMigrations()')}`,
    ]);
  });

  it('is what an error shows, and leaves positions elsewhere alone', () => {
    // An argument of a wrong type makes the command line throw in src/.
    const code = `const { compile, programsOf } = require(${JSON.stringify(join(DIST, 'load.js'))});
      programsOf(compile());
      const [position] = process.argv.slice(1);
      const frame = { toString: () => 'explain (' + position + ')' };
      console.log(Error.prepareStackTrace(new TypeError('x'), [frame, { toString: () => 'other (/a.js:1:2)' }]));
      console.log(Error.prepareStackTrace(Object.assign(new Error('y'), { syscall: 'write' }), [frame]));`;
    const [first, second, third, fourth, fifth] = run(code, positionOf('explainFailure(cause')).split('\n');
    expect(first).toBe('TypeError: x');
    expect(second).toMatch(/^ {4}at explain \(.*\/src\/start-failures\.ts:\d+:\d+\)$/);
    expect(third).toBe('    at other (/a.js:1:2)');
    // A client causes these by breaking its connection.
    expect(fourth).toBe('Error: y');
    expect(fifth).toContain(`${BUNDLE}:`);
  });
});

describe('the bundle', () => {
  it('keeps the names that TypeORM stores and Nest finds classes by', () => {
    const text = readFileSync(join(DIST, 'server.js'), 'latin1');
    const migrations = migrationNames(databaseOptions({ type: 'sqlite', path: ':memory:' }, ENTITIES));
    const entities = (ENTITIES as { name: string }[]).map(({ name }) => name);
    expect(migrations.length).toBeGreaterThan(15);
    for (const name of [...migrations, ...entities]) expect([name, text.includes(`"${name}"`)]).toEqual([name, true]);
  });

  it('starts without compiled code, and with that of another build', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dakkio-dist-'));
    try {
      for (const name of ['main.js', 'load.js', 'server.js', 'package.json'])
        cpSync(join(name === 'package.json' ? ROOT : DIST, name), join(folder, name));
      symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
      const version = () =>
        execFileSync(process.execPath, [join(folder, 'main.js'), '--version'], { encoding: 'utf8' });
      const expected = version();
      expect(expected).toMatch(/^\d+\.\d+\.\d+\n$/);
      writeFileSync(join(folder, 'server.cache'), 'not compiled code');
      expect(version()).toBe(expected);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
