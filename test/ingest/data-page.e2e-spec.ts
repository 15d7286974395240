// test:all leaves PostgreSQL out: the commands of a page do the same on each database.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { makeBucket, makeKey } from '../support/make';
import { Page } from '../support/page';
import { startApp, type TestApp } from '../support/test-app';

const PAGE = new Page('docs/data.md');
const blocks = (language: string) => PAGE.blocks(language);
const execFileAsync = promisify(execFile);

let server: TestApp;
beforeAll(async () => (server = await startApp()));
afterAll(() => server.stop());

describe('docs/data.md', () => {
  it('shows commands that run in order, with the response it prints', async () => {
    const bucketId = await makeBucket(server);
    const environment: Record<string, string> = {
      DAKKIO: server.url,
      ADMIN_KEY: server.adminKey,
      WRITE_KEY: (await makeKey(server, bucketId, 'write')).key,
      READ_KEY: (await makeKey(server, bucketId, 'read')).key,
      BUCKET_ID: bucketId,
      PATH: process.env.PATH ?? '',
    };
    const answers: string[] = [];
    const folder = mkdtempSync(join(tmpdir(), 'dakkio-data-page-'));
    for (const command of blocks('sh')) {
      const script = `set -e\n${command.replaceAll('curl ', 'curl -sS --fail-with-body ')}`;
      answers.push((await execFileAsync('sh', ['-c', script], { env: environment, cwd: folder })).stdout);
      environment.SOURCE_ID ??= (JSON.parse(answers[0] ?? '') as { dataSource: { _id: string } }).dataSource._id;
    }
    rmSync(folder, { recursive: true });
    const [, , , , , raw, grouped, columns, table, latest, fields, analytics, deleted, exported, uploaded, history] =
      answers;
    const [, one, readBack, listed, batch] = answers.map((text) =>
      text.startsWith('{') ? (JSON.parse(text) as object) : {},
    );
    expect(one).toMatchObject({ dataPoint: { values: { temperature: 21.5, window: false }, metadata: null } });
    expect(readBack).toMatchObject({ data: [{ values: { temperature: 21.5, window: false } }] });
    expect(listed).toMatchObject({
      dataSources: [
        { name: 'Living room climate', stats: { dataPointCount: 1, latest: { values: { temperature: 21.5 } } } },
      ],
    });
    expect(batch).toMatchObject({ inserted: 3, updated: 0, duplicates: 0, rejected: 0 });
    expect(JSON.parse(raw ?? '')).toMatchObject({
      data: [{}, { values: { temperature: 19 } }],
      metadata: { count: 2 },
    });
    const printed = blocks('json').map((text) => text.replace('507f1f77bcf86cd799439014', environment.SOURCE_ID ?? ''));
    expect(JSON.parse(grouped ?? '')).toEqual(JSON.parse(printed[0] ?? ''));
    expect(JSON.parse(columns ?? '')).toEqual(JSON.parse(printed[1] ?? ''));
    expect(table?.split('\n')[0]).toBe('_id,timestamp,dataSourceId,temperature,window,mode,humidity,metadata');
    expect(table?.trim().split('\n')).toHaveLength(5);
    expect(JSON.parse(latest ?? '')).toMatchObject({
      data: [{ dataSource: 'Living room climate', values: { temperature: 21.5 } }],
    });
    expect(JSON.parse(fields ?? '')).toMatchObject({
      data: [
        { values: { temperature: { value: 21.5 }, mode: { value: 'eco', timestamp: '2024-03-31T00:30:00.000Z' } } },
      ],
    });
    expect(JSON.parse(analytics ?? '')).toMatchObject({
      analytics: { period: '30d', summary: { totalDataPoints: 4 } },
    });
    expect(JSON.parse(deleted ?? '')).toMatchObject({ deletedCount: 2 });
    expect(exported).toMatch(/^timestamp,dataSourceId,dataSource,.*\n.*,Living room climate,21\.5,/);
    expect(JSON.parse(uploaded ?? '')).toMatchObject({ inserted: 2, rejected: 0 });
    expect(JSON.parse(history ?? '')).toMatchObject({ inserted: 2, rejected: 0 });
  });

  it('names settings, scripts and files that exist', () => expect(PAGE.unknownNames()).toEqual([]));
});
