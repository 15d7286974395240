import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { makeBucket, makeKey, makeSource } from '../../support/make';
import { Page } from '../../support/page';
import { startApp, type TestApp } from '../../support/test-app';

const PAGE = new Page('clients/typescript/README.md');
const [write = '', query = '', stream = '', things = '', errors = '', ...others] = PAGE.blocks('js');
const execFileAsync = promisify(execFile);

let server: TestApp;
let bucketId: string;
let environment: Record<string, string>;
let folder: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server, 'Cellar');
  environment = {
    DAKKIO_URL: server.url,
    ADMIN_KEY: server.adminKey,
    WRITE_KEY: (await makeKey(server, bucketId, 'write')).key,
    READ_KEY: (await makeKey(server, bucketId, 'read')).key,
    SOURCE_ID: await makeSource(server, bucketId, 'Climate', { temperature: 'number' }),
  };
  folder = mkdtempSync(join(tmpdir(), 'dakkio-examples-'));
  const installed = join(folder, 'node_modules', 'dakkio-client');
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(installed, 'package.json'), '{ "type": "module", "main": "index.js" }');
  const source = join(__dirname, '..', '..', '..', 'clients', 'typescript', 'src', 'index.ts');
  await build({ entryPoints: [source], outfile: join(installed, 'index.js'), bundle: true, format: 'esm' });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What an example prints. */
async function run(example: string): Promise<string[]> {
  const file = join(folder, 'example.mjs');
  writeFileSync(file, example);
  const { stdout } = await execFileAsync(process.execPath, [file], { env: environment, timeout: 30_000 });
  return stdout.trimEnd().split('\n');
}

describe('clients/typescript/README.md', () => {
  it('shows programs that write, query and stream points', async () => {
    expect(await run(write)).toEqual(['5 points stored']);
    const printed = await run(query);
    expect(printed[0]).toBe('2024-01-15T10:00:00.000Z { min: 20, max: 24 }');
    expect(printed.slice(1, 6)).toEqual(
      [20, 21, 22, 23, 24].map((t, minute) => `2024-01-15T10:0${minute}:00.000Z { temperature: ${t} }`),
    );
    expect(printed[6]).toBe('latest 24');
    expect(await run(stream)).toEqual(['new point 2024-01-15T10:04:00.000Z 24']);
  });

  it('shows a program that creates a bucket and what is in it', async () => {
    expect(await run(things)).toEqual(['Cellar', 'Greenhouse']);
    const { body } = await server.call('GET', '/api/buckets?include=stats&q=greenhouse', { key: server.adminKey });
    expect(body.buckets[0].stats.dataPointCount).toBe(1);
    expect(body.buckets[0].retentionDays).toBe(365);
  });

  it('shows a program that handles errors', async () => {
    const [line = ''] = await run(errors);
    expect(line).toMatch(/^403 [a-z_]+ Only Admin keys can create buckets 0$/);
  });

  it('has no other program', () => expect(others).toEqual([]));
});
