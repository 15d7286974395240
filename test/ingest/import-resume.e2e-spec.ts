import { utimesSync } from 'node:fs';
import { Importer } from '../../src/ingest/importer';
import { makeImportScene, type ImportScene } from '../support/import-scene';
import { runProgram, type Ended } from '../support/process';
import { createDatabase, startApp, type TestApp, type TestDatabase } from '../support/test-app';

const AT = Date.UTC(2024, 0, 15);

let database: TestDatabase;
let server: TestApp;
let scene: ImportScene;
let bucketId: string;
let sourceId: string;
beforeAll(async () => {
  database = await createDatabase();
  server = await startApp({}, database);
});
beforeEach(async () => {
  const schema = { temperature: { type: 'number', required: true }, door: 'boolean', note: 'string' };
  scene = await makeImportScene(server, schema);
  ({ bucketId, sourceId } = scene);
});
afterEach(() => scene.remove());
afterAll(async () => {
  await server.stop();
  await database.remove();
});

const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  server.call(method, path, { key: server.adminKey, body, ...(headers && { headers }) });
const file = (name: string, content: string | Buffer) => scene.file(name, content);
const start = (path: string, ...options: string[]) =>
  runProgram('cli.js', ['import', path, '--bucket', bucketId, '--source', sourceId, ...options], {
    DATABASE_URL: database.url,
  });
const importFile = (path: string, ...options: string[]): Promise<Ended> => start(path, ...options).ended;
const stored = async (): Promise<object[]> =>
  (await scene.stored()).map(({ timestamp, values, metadata }) => ({ timestamp, values, metadata }));

const POINTS = [
  {
    timestamp: '2024-01-15T00:00:00.000Z',
    values: { temperature: 21.5, door: true, note: 'a, "b"' },
    metadata: { device: 'x' },
  },
  { timestamp: '2024-01-15T00:01:00.000Z', values: { temperature: -3 }, metadata: null },
];

describe('npm run import', () => {
  const COUNT = 30_000;
  const many = () =>
    `timestamp,temperature\n${Array.from({ length: COUNT }, (_, index) => `${AT + index * 1000},${index}\n`).join('')}`;

  it('does not evaluate alert rules', async () => {
    const rule = { bucketId, dataSourceId: sourceId, name: 'a', condition: 'temperature > 21' };
    const made = await call('POST', '/api/alerts', { ...rule, webhookUrl: 'https://example.com/' });
    const { code } = await importFile(file('points.ndjson', POINTS.map((point) => JSON.stringify(point)).join('\n')));
    expect([made.status, code, (await stored()).length]).toEqual([201, 0, 2]);
    const { body } = await call('GET', `/api/alerts/${made.body.alertRule._id}`);
    expect(body.alertRule).toMatchObject({ state: 'ok', lastTriggeredAt: null });
  });

  it('resumes after an interruption', async () => {
    const path = file('many.csv', many());
    const wish = { path, bucketId, sourceId, skipsBad: false };
    const importer = Importer.in(server.app);
    const seen: number[] = [];
    const first = await importer.run(
      wish,
      (_read, _of, { records }) => seen.push(records),
      () => seen.length === 3,
    );
    expect([first.outcome, first.records, seen]).toEqual(['interrupted', 3000, [1000, 2000, 3000]]);
    expect((await importFile(path)).stdout).toBe(`${COUNT} inserted, 0 updated, 0 duplicates, 0 rejected\n`);
    // After it is done, the command starts from the beginning.
    expect((await importFile(path)).stdout).toBe(`0 inserted, 0 updated, ${COUNT} duplicates, 0 rejected\n`);
  });

  it('starts from the beginning if the file has changed', async () => {
    const path = file('many.csv', many());
    const wish = { path, bucketId, sourceId, skipsBad: false };
    await Importer.in(server.app).run(
      wish,
      () => {},
      () => true,
    );
    utimesSync(path, 1, 1);
    expect((await importFile(path)).stdout).toBe(`${COUNT - 1000} inserted, 0 updated, 1000 duplicates, 0 rejected\n`);
  });

  it('stops cleanly on Ctrl-C, and the same command resumes', async () => {
    const path = file('many.csv', many());
    const running = start(path);
    running.child.stderr?.once('data', () => running.child.kill('SIGINT'));
    const { code, stderr } = await running.ended;
    expect([code, stderr]).toEqual([1, expect.stringMatching(/Interrupted. Run the same command again to continue/)]);
    expect((await stored()).length).toBeLessThan(COUNT);
    expect((await importFile(path)).stdout).toBe(`${COUNT} inserted, 0 updated, 0 duplicates, 0 rejected\n`);
  });
});
