// npm test leaves this out: it packs and installs the package.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Compilers take long on a busy machine.
jest.setTimeout(180_000);

const ROOT = join(__dirname, '..', '..', '..');
const PACKAGE = join(ROOT, 'clients', 'typescript');
const TSC = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');

/** A project that has the packed package installed. */
let project: string;
let packed: string[];
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'dakkio-consumer-'));
  // Packing builds it.
  const report = execFileSync('npm', ['pack', '--json', '--pack-destination', project], {
    cwd: PACKAGE,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ files, filename }] = JSON.parse(report.slice(report.indexOf('['))) as [{ files: any[]; filename: string }];
  packed = files.map(({ path }) => path as string);
  const installed = join(project, 'node_modules', 'dakkio-client');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(project, filename), '-C', installed, '--strip-components=1']);
}, 180_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

const manifest = () => JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));

/** What tsc says of files of the project. Of declarations it checks those of the package, and not those of TypeScript itself. */
function compile(files: Readonly<Record<string, string>>, options: readonly string[]): string {
  for (const [file, text] of Object.entries(files)) writeFileSync(join(project, file), text);
  const strict = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2022,dom', '--skipDefaultLibCheck'];
  const { stdout } = spawnSync(process.execPath, [TSC, ...strict, ...options, ...Object.keys(files)], {
    cwd: project,
    encoding: 'utf8',
  });
  return stdout;
}

const head = "import { ApiError, DakkioClient, type Point } from 'dakkio-client';\n";
const CONSUMER = `${head}
const client = new DakkioClient({ url: 'http://localhost:3000', key: 'dakkio_w_x' });
const point: Point = { dataSourceId: 'x', values: { t: 1 }, timestamp: new Date(0) };
export async function run(): Promise<number> {
  const writer = client.data.writer({ overflow: 'drop-oldest', onDropped: (points) => points.length });
  await writer.write(point);
  const { data } = await client.data.query({ filters: { startTime: 'now-1h' }, aggregation: ['min'], groupBy: 'hour' });
  const code: string | undefined = new ApiError('No', { status: 400 }).code;
  for await (const event of client.data.stream()) if (event.type === 'point') return event.data.timestamp.length;
  return data.length + (code?.length ?? 0);
}
`;

describe('dakkio-client', () => {
  it('has what it needs and nothing else', () => {
    const outside = packed.filter((path) => !path.startsWith('dist/'));
    expect(outside.sort()).toEqual(['LICENSE', 'README.md', 'package.json']);
    const scripts = packed.filter((path) => /\.[cm]?js$/.test(path));
    expect(scripts.sort()).toEqual(['dist/index.cjs', 'dist/index.mjs']);
    expect(packed.filter((path) => !/\.(d\.[cm]?ts|[cm]js|md|json)$|LICENSE$/.test(path))).toEqual([]);
    const { dependencies, peerDependencies, engines, version } = manifest();
    expect([dependencies, peerDependencies]).toEqual([undefined, undefined]);
    const { engines: ours, version: current } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect([engines, version]).toEqual([ours, current]);
  });

  it.each([
    ['require', ['-e', "console.log(Object.keys(require('dakkio-client')).join())"]],
    ['import', ['--input-type=module', '-e', "console.log(Object.keys(await import('dakkio-client')).join())"]],
  ])('can be loaded with %s', (_how, args) => {
    const names = execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8' }).trim().split(',');
    expect(names).toEqual(expect.arrayContaining(['DakkioClient', 'ApiError', 'QueueFullError', 'StreamClosedError']));
  });

  it('uses nothing of Node.js, so that browsers can load it', () => {
    for (const file of ['index.mjs', 'index.cjs']) {
      const text = readFileSync(join(project, 'node_modules', 'dakkio-client', 'dist', file), 'utf8');
      expect(text).not.toMatch(/\brequire\(|\bfrom "(?!\.)|\bprocess\.|\bBuffer\b/);
    }
  });

  it.each([
    ['node16, as an ES module and as CommonJS', 'node16', ['consumer.mts', 'consumer.cts']],
    ['nodenext', 'nodenext', ['consumer.mts']],
  ])('has types for %s', (_mode, name, files) => {
    const options = ['--module', name, '--moduleResolution', name];
    expect(compile(Object.fromEntries(files.map((file) => [file, CONSUMER])), options)).toBe('');
  });

  it('has types for a bundler, and does not compile with a wrong property or value in a query', () => {
    const wrong = [
      '{ filter: {} }',
      "{ filters: { start: 'now-1h' } }",
      "{ aggregation: 'mean' }",
      "{ format: 'columns' }",
    ];
    const calls = wrong.map(
      (query) => `export const run${wrong.indexOf(query)} = () => client.data.query(${query});\n`,
    );
    const text = `${head}declare const client: DakkioClient;\n${calls.join('')}`;
    const files = { 'consumer.ts': CONSUMER, 'wrong.ts': text };
    const problems = compile(files, ['--module', 'esnext', '--moduleResolution', 'bundler'])
      .trim()
      .split(/\n(?=\S)/);
    expect(problems).toEqual([
      expect.stringMatching(/^wrong\.ts.*'filter' does not exist/s),
      expect.stringMatching(/^wrong\.ts.*'start' does not exist/s),
      expect.stringMatching(/^wrong\.ts.*'"mean"' is not assignable/s),
      expect.stringMatching(/^wrong\.ts.*'format' does not exist/s),
    ]);
  });

  it('has no source that reaches outside of it', () => {
    const folder = join(PACKAGE, 'src');
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    )) {
      const depth = name.split(/[\\/]/).length - 1;
      const text = readFileSync(join(folder, name), 'utf8');
      expect(text).not.toMatch(new RegExp(`from '(?!\\.)|from '(\\.\\./){${depth + 1}}|console\\.\\w+\\(`));
    }
  });
});
