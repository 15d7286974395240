// test:all runs this on PostgreSQL too: what is written is stored by each database.
import { InfluxDB, Point, setLogger } from '@influxdata/influxdb-client';
import { InfluxDBClient, Point as Point3 } from '@influxdata/influxdb3-client';
import { InfluxDB as InfluxDB1 } from 'influx';
import { HAS_PYTHON_CLIENT, HAS_SHELL, runPython, runShell } from '../support/influx-programs';
import { NodeRed } from '../support/node-red';
import { makeInfluxScene, type InfluxScene } from '../support/influx-scene';
import { startApp, type TestApp } from '../support/test-app';

const T = 1_700_000_000_000;
/** A time as the API shows it. */
const at = (millis = 0) => new Date(T + millis).toISOString();
let server: TestApp;
let scene: InfluxScene;
// The client logs what it also hands to `writeFailed`.
beforeAll(() => void setLogger({ error: () => undefined, warn: () => undefined }));
beforeAll(async () => (server = await startApp()));
beforeEach(async () => (scene = await makeInfluxScene(server)));
afterAll(() => server.stop());

describe('@influxdata/influxdb-client', () => {
  const client = () => new InfluxDB({ url: server.url, token: scene.key });

  it('writes points, small and compressed', async () => {
    const writer = client().getWriteApi('any', 'Greenhouse', 'ms', { gzipThreshold: 1000, maxRetries: 0 });
    const tagged = new Point('weather').tag('site', 'north').floatField('t', 21.5).intField('n', 3).timestamp(T);
    writer.writePoint(tagged.booleanField('ok', true).stringField('note', 'a "quoted" text'));
    await writer.flush();
    for (let index = 1; index <= 200; index++)
      writer.writePoint(
        new Point('weather')
          .tag('site', 'north')
          .floatField('t', index)
          .timestamp(T + index),
      );
    await writer.close();
    const stored = await scene.stored();
    const values = { t: 21.5, n: 3, ok: true, note: 'a "quoted" text' };
    expect(stored[0]).toEqual(['weather,site=north', at(), values]);
    expect(stored.slice(1)).toEqual(
      Array.from({ length: 200 }, (_, index) => ['weather,site=north', at(index + 1), { t: index + 1 }]),
    );
  });

  it('reads why a line was refused, and the valid lines are stored', async () => {
    const failures: unknown[] = [];
    const writer = client().getWriteApi('any', 'Greenhouse', 'ms', {
      maxRetries: 0,
      writeFailed: (error) => void failures.push(error),
    });
    writer.writeRecords([`m f=1 ${T}`, 'm f=', `m f=2 ${T + 1}`]);
    await writer.close().catch(() => undefined);
    expect(failures).toMatchObject([{ statusCode: 400, code: 'invalid', message: expect.stringContaining("'m f='") }]);
    expect(await scene.stored()).toEqual([
      ['m', at(), { f: 1 }],
      ['m', at(1), { f: 2 }],
    ]);
  });

  it.each([
    ['a wrong token', 401, 'unauthorized', { token: 'wrong' }],
    ['another bucket', 404, 'not found', { bucket: 'Absent' }],
  ])('gets %s as an error that it understands', async (_name, statusCode, code, { token, bucket }: any) => {
    const failures: unknown[] = [];
    const writer = new InfluxDB({ url: server.url, token: token ?? scene.key }).getWriteApi(
      'any',
      bucket ?? 'Greenhouse',
      'ms',
      { maxRetries: 0, writeFailed: (error) => void failures.push(error) },
    );
    writer.writeRecord(`m f=1 ${T}`);
    await writer.close().catch(() => undefined);
    expect(failures).toMatchObject([{ statusCode, code }]);
  });
});

describe('influx', () => {
  const client = (password = scene.key) =>
    new InfluxDB1({ host: '127.0.0.1', port: scene.port, database: 'Greenhouse', username: 'any', password });

  it('pings, creates its database and writes points', async () => {
    const influx = client();
    expect(await influx.ping(2000)).toMatchObject([{ online: true }]);
    await influx.createDatabase('Greenhouse');
    await influx.writePoints(
      [
        { measurement: 'weather', tags: { site: 'a b' }, fields: { t: 1.5, ok: false }, timestamp: new Date(T) },
        { measurement: 'weather', fields: { t: 2 }, timestamp: new Date(T + 1) },
      ],
      { precision: 'ms' },
    );
    expect(await scene.stored()).toEqual([
      ['weather,site=a b', at(), { t: 1.5, ok: false }],
      ['weather', at(1), { t: 2 }],
    ]);
  });

  it('rejects with the reason for a wrong password and for a type conflict', async () => {
    const wrong = client('wrong').writePoints([{ measurement: 'm', fields: { f: 1 } }]);
    await expect(wrong).rejects.toThrow(/authorization failed/);
    await client().writePoints([{ measurement: 'm', fields: { f: 1 } }]);
    const conflict = client().writePoints([{ measurement: 'm', fields: { f: 'text' } }]);
    await expect(conflict).rejects.toThrow(/field type conflict/);
  });
});

describe('@influxdata/influxdb3-client', () => {
  it.each([
    ['with its defaults', {}],
    ['without waiting for the log', { noSync: true }],
  ])('writes points %s', async (_name, writeOptions) => {
    const client = new InfluxDBClient({
      ...{ host: server.url, token: scene.key, database: 'Greenhouse' },
      writeOptions: { precision: 'ms', gzipThreshold: 100, ...writeOptions },
    });
    const point = Point3.measurement('weather').setTag('site', 'north').setFloatField('t', 21.5);
    await client.write(point.setIntegerField('n', 3).setTimestamp(T), 'Greenhouse');
    await client.write(Array.from({ length: 20 }, (_, index) => `weather,site=south t=${index} ${T + 1 + index}`));
    await client.close();
    const stored = await scene.stored();
    expect(stored[0]).toEqual(['weather,site=north', at(), { t: 21.5, n: 3 }]);
    expect(stored).toHaveLength(21);
  });
});

describe('node-red-contrib-influxdb', () => {
  it.each([
    ['1.x', (port: number) => ({ influxdbVersion: '1.x', hostname: '127.0.0.1', port, database: 'Greenhouse' })],
    ['1.8-flux', (port: number) => ({ influxdbVersion: '1.8-flux', url: `http://127.0.0.1:${port}` })],
    ['2.0', (port: number) => ({ influxdbVersion: '2.0', url: `http://127.0.0.1:${port}` })],
  ])('writes values, fields with tags and several points in its mode %s', async (_mode, settings) => {
    const red = new NodeRed();
    red.create('influxdb', {
      ...{ id: 'server', ...settings(scene.port) },
      credentials: { username: 'any', password: scene.key, token: scene.key },
    });
    const output = red.create('influxdb out', {
      ...{ id: 'out', influxdb: 'server', measurement: 'weather', precision: 'ms', precisionV18FluxV20: 'ms' },
      ...{ database: 'Greenhouse', bucket: 'Greenhouse', org: 'any' },
    });
    await output.send({ payload: 21.5 });
    await output.send({ payload: [{ t: 1, ok: true, time: T }, { site: 'north' }] });
    await output.send({
      payload: [
        [{ t: 2, time: T + 1 }, { site: 'north' }],
        [{ t: 3, time: T + 2 }, { site: 'south' }],
      ],
    });
    expect(await scene.stored()).toEqual([
      ['weather,site=north', at(), { t: 1, ok: true }],
      ['weather,site=north', at(1), { t: 2 }],
      ['weather,site=south', at(2), { t: 3 }],
      ['weather', expect.any(String), { value: 21.5 }],
    ]);
  });
});

(HAS_SHELL ? describe : describe.skip)('influx, the shell of InfluxDB 1', () => {
  it('inserts a point', async () => {
    await runShell(scene, `INSERT weather,site=north t=21.5 ${T}`);
    expect(await scene.stored()).toEqual([['weather,site=north', at(), { t: 21.5 }]]);
  });
});

(HAS_PYTHON_CLIENT ? describe : describe.skip)('influxdb, the Python client', () => {
  it('pings, creates its database, and writes points and nothing', async () => {
    const point = `{"measurement": "weather", "tags": {"site": "north"}, "time": ${T}, "fields": {"t": 21.5, "n": 3, "ok": True}}`;
    const printed = await runPython(
      scene,
      'print(client.ping())',
      'client.create_database("Greenhouse")',
      `client.write_points([${point}], time_precision="ms")`,
      'client.write_points([])',
      `client.write(["weather,site=south t=1 ${T + 1}"], {"db": "Greenhouse", "precision": "ms"}, protocol="line")`,
    );
    expect(printed.trim()).toMatch(/^1\.\d+\.\d+/);
    expect(await scene.stored()).toEqual([
      ['weather,site=north', at(), { t: 21.5, n: 3, ok: true }],
      ['weather,site=south', at(1), { t: 1 }],
    ]);
  });

  it('raises what was wrong with a line', async () => {
    const wrong = runPython(scene, 'client.write(["m f="], {"db": "Greenhouse"}, protocol="line")');
    await expect(wrong).rejects.toThrow(/InfluxDBClientError: 400: .*partial write: line 1: unable to parse 'm f='/);
  });
});
