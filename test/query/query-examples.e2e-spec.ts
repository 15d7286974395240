// test:all leaves PostgreSQL out: the commands of a page do the same on each database.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { makeBucket, makeKey } from '../support/make';
import { Page } from '../support/page';
import { startApp, type TestApp } from '../support/test-app';

const POINTS = 900;
const execFileAsync = promisify(execFile);

let server: TestApp;
let bucketId: string;
let read: string;
let sourceId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
  read = (await makeKey(server, bucketId, 'read')).key;
  const { body } = await server.call('POST', `/api/buckets/${bucketId}/sources`, {
    key: server.adminKey,
    body: { name: 'Climate', schema: { temperature: 'number', humidity: 'number' } },
  });
  sourceId = body.dataSource._id as string;
  const start = Date.now() - POINTS * 60_000;
  const dataPoints = Array.from({ length: POINTS }, (_, index) => ({
    dataSourceId: sourceId,
    timestamp: start + index * 60_000,
    values: { temperature: index, humidity: 50 },
    metadata: { device: 'esp32-7' },
  }));
  const { status } = await server.call('POST', '/api/data/batch', {
    key: server.adminKey,
    body: { bucketId, dataPoints },
  });
  expect(status).toBe(201);
});
afterAll(() => server.stop());

interface Example {
  readonly value: object;
}

async function examplesOf(path: string): Promise<Record<string, Example>> {
  const { body } = await server.call('GET', '/docs-json');
  return body.paths[path].post.requestBody.content['application/json'].examples as Record<string, Example>;
}
const withOwnIds = (value: object) =>
  JSON.parse(
    JSON.stringify(value, (name, one: unknown) =>
      name === 'bucketId' ? bucketId : name === 'dataSourceId' ? sourceId : one,
    ),
  ) as object;

describe('beyond 500 points, the examples of the API description', () => {
  it('of queries do what their names promise', async () => {
    const examples = await examplesOf('/api/data/query');
    const answers: Record<string, any> = {};
    for (const [name, { value }] of Object.entries(examples)) {
      const { status, body } = await server.call('POST', '/api/data/query', { key: read, body: withOwnIds(value) });
      expect([name, status]).toEqual([name, 200]);
      expect([name, body.metadata.downsamplingApplied]).toEqual([name, false]);
      // An example with an empty result is not useful.
      expect([name, body.data.length > 0]).toEqual([name, true]);
      answers[name] = body;
    }
    expect(Object.keys(answers)).toContain('the-last-points');
    const last = answers['the-last-points'].data as { values: { temperature: number } }[];
    expect(last.map(({ values }) => values.temperature)).toEqual([...Array(10).keys()].map((n) => POINTS - 1 - n));
  });

  it('of points are accepted by the bucket of the page', async () => {
    const made = await server.call('GET', '/docs-json');
    const { properties } = made.body.components.schemas.CreateBucketBody;
    const body = { name: properties.name.example, retentionDays: properties.retentionDays.example };
    const { bucket } = (await server.call('POST', '/api/buckets', { key: server.adminKey, body })).body;
    const schema = { temperature: 'number', humidity: 'number' };
    const source = await server.call('POST', `/api/buckets/${bucket._id}/sources`, {
      key: server.adminKey,
      body: { name: 'Climate', schema },
    });
    const ids = { bucketId: bucket._id as string, dataSourceId: source.body.dataSource._id as string };
    for (const path of ['/api/data', '/api/data/batch'])
      for (const [name, { value }] of Object.entries(await examplesOf(path))) {
        const sent = JSON.parse(
          JSON.stringify(value, (key, one: unknown) => (key in ids ? ids[key as keyof typeof ids] : one)),
        ) as object;
        const answer = await server.call('POST', path, { key: server.adminKey, body: sent });
        expect([name, answer.status, answer.body.message]).toEqual([name, 201, expect.any(String)]);
      }
  });
});

describe('beyond 500 points, the examples of the pages', () => {
  it.each(['docs/data.md', 'docs/get-started.md'])('of %s return the documented results', async (file) => {
    const commands = new Page(file).blocks('sh').filter((command) => command.includes('/api/data/query'));
    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands) {
      const { stdout } = await execFileAsync('sh', ['-c', `set -e\n${command.replace('curl ', 'curl -sS -f ')}`], {
        env: {
          DAKKIO: server.url,
          READ_KEY: read,
          WRITE_KEY: (await makeKey(server, bucketId, 'write')).key,
          SOURCE_ID: sourceId,
          PATH: process.env.PATH ?? '',
        },
      });
      const isCsv = command.includes('text/csv');
      if (isCsv) expect(stdout.trim().split('\n')).toHaveLength(POINTS + 1);
      else expect([command, JSON.parse(stdout).metadata.downsamplingApplied]).toEqual([command, false]);
      if (!command.includes('"limit\\": 50')) continue;
      const rows = JSON.parse(stdout).data as { values: { temperature: number } }[];
      expect(rows.map(({ values }) => values.temperature)).toEqual([...Array(50).keys()].map((n) => POINTS - 1 - n));
    }
  });
});
