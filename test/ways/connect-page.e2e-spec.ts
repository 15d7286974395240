import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MqttServer } from '../../src/mqtt/mqtt-server';
import { makeBucket, makeKey, makeSource } from '../support/make';
import { Page } from '../support/page';
import { startApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const PAGE = new Page('docs/connect.md');
/** Sends what pandas sends, without its weight. */
const PANDAS = join(__dirname, '..', 'support', 'python');
const BRIDGE = join(__dirname, '..', '..', 'examples', 'mosquitto', 'dakkio.conf');
const HAS_PUBLISHER = spawnSync('mosquitto_pub', ['--version'], { stdio: 'ignore' }).error === undefined;
const execFileAsync = promisify(execFile);

let server: TestApp;
let bucketId: string;
let key: string;
let environment: Record<string, string>;
beforeAll(async () => {
  server = await startApp({ DAKKIO_MQTT_PORT: '0' });
  bucketId = await makeBucket(server, 'Greenhouse');
  key = (await makeKey(server, bucketId, 'write')).key;
  const reader = (await makeKey(server, bucketId, 'read')).key;
  const SOURCE_ID = await makeSource(server, bucketId, 'File', { temperature: 'number' });
  environment = {
    ...{ SERVER: server.url, KEY: key, READ_KEY: reader, ADMIN_KEY: server.adminKey, SOURCE_ID },
    ...{ PATH: process.env.PATH ?? '', PYTHONPATH: PANDAS },
  };
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
const basic = (password: string) => `Basic ${Buffer.from(`any:${password}`).toString('base64')}`;
const runs = async (command: string, cwd?: string) =>
  (await execFileAsync('sh', ['-c', command.replaceAll(/curl /g, 'curl -sS ')], { env: environment, cwd })).stdout;

/** The first block of a language below a heading. */
function blockOf(heading: string, language: string): string {
  const [, section = ''] = PAGE.text.split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  const [, block = ''] = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'm').exec(own) ?? [];
  expect(block).not.toBe('');
  return block;
}

describe('docs/connect.md', () => {
  it('shows commands that run, with the reply that it names', async () => {
    const read = blockOf('Files and spreadsheets', 'bash');
    const select = blockOf("InfluxQL: Grafana and InfluxDB's shell", 'bash');
    expect(await runs(blockOf('curl', 'bash'))).toMatch(/^HTTP\/1\.1 204 No Content\r\n/);
    expect(await runs(read.replace('now-7d', '2023-01-01T00:00:00Z'))).toMatch(
      /^timestamp,.*\n2023-11-14T22:13:20\.000Z,.*21\.5\n$/,
    );
    expect(await stored()).toEqual([['2023-11-14T22:13:20.000Z', { temperature: 21.5 }]]);
    const [selected = ''] = PAGE.blocks('json');
    expect(JSON.parse(await runs(select))).toEqual(JSON.parse(selected));
    expect(await runs(blockOf('Prometheus', 'bash'))).toMatch(
      /^dakkio_points_ingested_total\{way="line_protocol"\} 1$/m,
    );
    // A block that no test of this file runs.
    expect(PAGE.blocks('bash').length).toBe(8);
  });

  it('shows how a file is sent, with its reply', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dakkio-connect-'));
    const send = PAGE.blocks('bash').find((block) => block.includes('/api/data/csv')) ?? '';
    const [, reply = ''] = /The reply is `(\{.*\})`/.exec(PAGE.text) ?? [];
    expect(JSON.parse(await runs(send, folder))).toMatchObject(JSON.parse(reply));
    rmSync(folder, { recursive: true });
  });

  (HAS_PUBLISHER ? it : it.skip)('shows how a device publishes', async () => {
    const port = server.app.get(MqttServer).ports[0]?.port ?? 0;
    const publish = blockOf('MQTT', 'bash');
    expect(publish).toContain('-p 1883 ');
    await runs(publish.replace('-p 1883', `-p ${port}`));
    const { body } = await server.call('GET', `/api/buckets/${bucketId}/sources?q=greenhouse/north`, {
      key: server.adminKey,
    });
    expect(body.dataSources).toMatchObject([
      { name: 'greenhouse/north/temperature', schema: { value: { type: 'number' } } },
    ]);
  });

  it('shows how a stream is read', async () => {
    const command = blockOf('Live points', 'bash');
    const child = spawn('sh', ['-c', `exec ${command}`], { env: environment });
    let printed = '';
    child.stdout.on('data', (text) => (printed += text));
    await until('it is open', () => printed.includes('event: ready'));
    expect(await post('/api/v2/write', 'live f=1', `Token ${key}`)).toBe(204);
    await until('the point is there', () => printed.includes('event: point'));
    child.kill();
  });

  it('names settings of Proxmox VE and Home Assistant that reach the bucket', async () => {
    const [, ...parts] = blockOf('Proxmox VE', 'bash').split(/\s+--/);
    const proxmox = Object.fromEntries(parts.map((part) => part.replaceAll(/[\\\s]+$/g, '').split(/ (.*)/, 2)));
    expect(proxmox).toMatchObject({ type: 'influxdb', influxdbproto: 'http', port: '3000', token: '"$KEY"' });
    // What it asks for, and what its storages send: a tag and a field of one name.
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    const query = `org=${proxmox.organization}&bucket=${proxmox.bucket}`;
    const lines =
      'system,object=nodes,host=pve uptime=1000 1700000000000000000\nsystem,object=storages,nodename=pve,host=local,type=dir type="dir",total=5 1700000000000000000\n';
    expect(await post(`/api/v2/write?${query}`, lines, `Token ${key}`)).toBe(204);

    const yaml = blockOf('Home Assistant', 'yaml');
    const setting = (name: string) => new RegExp(`^  ${name}: (.*)$`, 'm').exec(yaml)?.[1] ?? '';
    const path = `/api/v2/write?org=${setting('organization')}&bucket=${setting('bucket')}&precision=ns`;
    expect([setting('api_version'), setting('token')]).toEqual(['2', '!secret dakkio_write_key']);
    expect(await post(path, '', `Token ${key}`)).toBe(204);
    expect(await post(path, '°C,domain=sensor,entity_id=greenhouse value=21.5', `Token ${key}`)).toBe(204);
    const { body } = await server.call('GET', `/api/buckets/${bucketId}/sources?limit=100`, { key: server.adminKey });
    const names = body.dataSources.map(({ name }: { name: string }) => name);
    for (const name of ['system,host=pve,object=nodes', '°C,domain=sensor,entity_id=greenhouse']) {
      expect(names).toContain(name);
      expect(PAGE.text).toContain(`\`${name}\``);
    }
  });

  it('shows the bridge of the example', () => {
    expect(PAGE.text).toContain(`\`\`\`\n${readFileSync(BRIDGE, 'utf8')}\`\`\`\n`);
  });

  it('shows a line that becomes what it says', async () => {
    const line = blockOf('What happens to a line', '');
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
    for (const bucket of ['Greenhouse', bucketId]) {
      expect(await post(`/write?db=${bucket}&rp=&precision=ns`, 'cpu,host=a usage=2\n', basic(key))).toBe(204);
      expect(await post(`/api/v3/write_lp?db=${bucket}`, 'cpu,host=a usage=3\n', `Bearer ${key}`)).toBe(204);
    }
    expect(await post(`/write?p=${key}`, 'cpu,host=a usage=4\n', '')).toBe(204);
    expect(await post('/api/data', '{}', basic(key))).toBe(401);
  });

  it('shows how pandas and Home Assistant read', async () => {
    const point = `weather,site=north temperature=20.5 ${Date.now()}`;
    expect(await post('/api/v2/write?precision=ms', point, `Token ${key}`)).toBe(204);
    const [python = ''] = PAGE.blocks('python');
    const { stdout } = await execFileAsync('python3', ['-c', python], { env: environment });
    expect(stdout).toContain("'temperature': '20.5'");
    const yaml = blockOf('Files and spreadsheets', 'yaml');
    const setting = (name: string) => new RegExp(`^    ${name}: (.*)$`, 'm').exec(yaml)?.[1] ?? '';
    const authorization = basic(environment.READ_KEY ?? '');
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
