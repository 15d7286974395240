// npm test leaves this out: it kills processes while they import.
import { utimesSync } from 'node:fs';
import { Importer } from '../../src/ingest/importer';
import { ImportTests, POINTS, type ImportScene } from '../support/import-scene';
import type { Ended } from '../support/process';

const AT = Date.UTC(2024, 0, 15);

const tests = new ImportTests({ temperature: { type: 'number', required: true }, door: 'boolean', note: 'string' });
const call: ImportTests['call'] = (...request) => tests.call(...request);
const file: ImportScene['file'] = (name, content) => tests.current.file(name, content);
const start: ImportTests['start'] = (path, ...options) => tests.start(path, ...options);
const importFile = (path: string, ...options: string[]): Promise<Ended> => start(path, ...options).ended;
const stored = async (): Promise<object[]> =>
  (await tests.current.stored()).map(({ timestamp, values, metadata }) => ({ timestamp, values, metadata }));

describe('npm run import', () => {
  const COUNT = 30_000;
  const many = () =>
    `timestamp,temperature\n${Array.from({ length: COUNT }, (_, index) => `${AT + index * 1000},${index}\n`).join('')}`;

  it('does not evaluate alert rules', async () => {
    const { bucketId, sourceId } = tests.ids;
    const rule = { bucketId, dataSourceId: sourceId, name: 'a', condition: 'temperature > 21' };
    const made = await call('POST', '/api/alerts', { ...rule, webhookUrl: 'https://example.com/' });
    const { code } = await importFile(file('points.ndjson', POINTS.map((point) => JSON.stringify(point)).join('\n')));
    expect([made.status, code, (await stored()).length]).toEqual([201, 0, 2]);
    const { body } = await call('GET', `/api/alerts/${made.body.alertRule._id}`);
    expect(body.alertRule).toMatchObject({ state: 'ok', lastTriggeredAt: null });
  });

  it('resumes after an interruption', async () => {
    const path = file('many.csv', many());
    const wish = { path, ...tests.ids, skipsBad: false };
    const importer = Importer.in(tests.server.app);
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
    const wish = { path, ...tests.ids, skipsBad: false };
    await Importer.in(tests.server.app).run(
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
