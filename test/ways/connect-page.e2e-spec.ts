import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeBucket, makeKey } from '../support/make';
import { Page } from '../support/page';
import { startApp, type TestApp } from '../support/test-app';

const PAGE = new Page('docs/connect.md');
/** Sends what pandas sends, without its weight. */
const PANDAS = join(__dirname, '..', 'support', 'python');
const execFileAsync = promisify(execFile);

let server: TestApp;
let bucketId: string;
let key: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server, 'Greenhouse');
  key = (await makeKey(server, bucketId, 'write')).key;
});
afterAll(() => server.stop());

async function stored(): Promise<unknown> {
  const body = { bucketId, downsampling: false, filters: { sort: 'asc' } };
  const { body: answer } = await server.call('POST', '/api/data/query', { key: server.adminKey, body });
  return answer.data.map(({ timestamp, values }: any) => [timestamp, values]);
}
async function post(path: string, body: string, authorization: string): Promise<number> {
  const sent = { method: 'POST', body, headers: { authorization } };
  return (await fetch(server.url + path, sent)).status;
}

describe('docs/connect.md', () => {
  it('shows commands that run, with the reply that it names', async () => {
    const environment = { SERVER: server.url, KEY: key, PATH: process.env.PATH ?? '' };
    const [write = '', read = '', select = '', ...others] = PAGE.blocks('bash');
    expect(others).toEqual([]);
    const runs = (command: string) =>
      execFileAsync('sh', ['-c', command.replace('curl ', 'curl -sS ')], { env: environment });
    expect((await runs(write)).stdout).toMatch(/^HTTP\/1\.1 204 No Content\r\n/);
    expect((await runs(read.replace('now-7d', '2023-01-01T00:00:00Z'))).stdout).toMatch(
      /^timestamp,.*\n2023-11-14T22:13:20\.000Z,.*21\.5\n$/,
    );
    expect(await stored()).toEqual([['2023-11-14T22:13:20.000Z', { temperature: 21.5 }]]);
    const [selected = ''] = PAGE.blocks('json');
    expect(JSON.parse((await runs(select)).stdout)).toEqual(JSON.parse(selected));
  });

  it('shows a line that becomes what it says', async () => {
    const [line = ''] = PAGE.blocks('');
    expect(await post('/api/v2/write', line, `Token ${key}`)).toBe(204);
    const { body } = await server.call('GET', `/api/buckets/${bucketId}/sources?tag=station:a`, {
      key: server.adminKey,
    });
    expect(body.dataSources).toMatchObject([
      { name: 'weather,site=north,station=a', measurement: 'weather', tags: { site: 'north', station: 'a' } },
    ]);
  });

  it('names settings of Telegraf and of the clients that reach the bucket', async () => {
    const [telegraf = ''] = PAGE.blocks('toml');
    const setting = (name: string) => new RegExp(`^  ${name} = "(.*)"$`, 'm').exec(telegraf)?.[1] ?? '';
    const path = `/api/v2/write?org=${setting('organization')}&bucket=${setting('bucket')}`;
    expect(await post(path, 'cpu,host=a usage=1\n', `Token ${setting('token').replace('$WRITE_KEY', key)}`)).toBe(204);
    const basic = `Basic ${Buffer.from(`anything:${key}`).toString('base64')}`;
    for (const bucket of ['Greenhouse', bucketId]) {
      expect(await post(`/write?db=${bucket}&rp=&precision=ns`, 'cpu,host=a usage=2\n', basic)).toBe(204);
      expect(await post(`/api/v3/write_lp?db=${bucket}`, 'cpu,host=a usage=3\n', `Bearer ${key}`)).toBe(204);
    }
    expect(await post(`/write?p=${key}`, 'cpu,host=a usage=4\n', '')).toBe(204);
    expect(await post('/api/data', '{}', basic)).toBe(401);
  });

  it('shows how pandas and Home Assistant read', async () => {
    const point = `weather,site=north temperature=20.5 ${Date.now()}`;
    expect(await post('/api/v2/write?precision=ms', point, `Token ${key}`)).toBe(204);
    const [python = ''] = PAGE.blocks('python');
    const environment = { SERVER: server.url, KEY: key, PATH: process.env.PATH ?? '', PYTHONPATH: PANDAS };
    const { stdout } = await execFileAsync('python3', ['-c', python], { env: environment });
    expect(stdout).toContain("'temperature': '20.5'");
    const [yaml = ''] = PAGE.blocks('yaml');
    const setting = (name: string) => new RegExp(`^    ${name}: (.*)$`, 'm').exec(yaml)?.[1] ?? '';
    const authorization = `Basic ${Buffer.from(`${setting('username')}:${key}`).toString('base64')}`;
    const path = setting('resource').replace('http://localhost:3000', server.url);
    const sensor: any = await (await fetch(path, { headers: { authorization } })).json();
    expect(setting('value_template')).toBe('"{{ value_json.data[0].values.temperature }}"');
    expect(sensor.data[0].values.temperature).toBe(20.5);
  });

  it('shows a query for Infinity whose columns are in the answer', async () => {
    await post('/api/v2/write?precision=ms', `weather,site=infinity temperature=30 ${Date.now()}`, `Token ${key}`);
    const [, text = ''] = PAGE.blocks('json');
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const to = new Date(Date.now() + 3_600_000).toISOString();
    const body = JSON.parse(text.replace('${__from:date:iso}', from).replace('${__to:date:iso}', to)) as object;
    for (const wanted of [body, { ...body, aggregation: undefined, groupBy: undefined, include: ['names'] }]) {
      const { status, body: answer } = await server.call('POST', '/api/data/query', { key, body: wanted });
      expect(status).toBe(200);
      expect(answer.data[0]).toMatchObject({
        timestamp: expect.stringMatching(/Z$/),
        values: { temperature: expect.any(Number) },
      });
      if ('include' in wanted) expect(answer.data[0].dataSource).toMatch(/^weather/);
    }
  });

  it('names settings, scripts and files that exist', () => expect(PAGE.unknownNames()).toEqual([]));
});
