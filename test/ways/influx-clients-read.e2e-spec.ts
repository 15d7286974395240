import { InfluxDB } from 'influx';
import { HAS_PYTHON_CLIENT, HAS_SHELL, runPython, runShell } from '../support/influx-programs';
import { makeInfluxScene, type InfluxScene } from '../support/influx-scene';
import { NodeRed } from '../support/node-red';
import { startApp, type TestApp } from '../support/test-app';

const T = 1_700_000_000_000;
const MINUTE = 60_000;
const MEAN = `SELECT mean(t) FROM weather WHERE time >= ${T}ms AND time < ${T + 4 * MINUTE}ms GROUP BY time(2m), site fill(none)`;

let server: TestApp;
let scene: InfluxScene;
beforeAll(async () => (server = await startApp()));
beforeEach(async () => (scene = await makeInfluxScene(server)));
afterAll(() => server.stop());

describe('influx', () => {
  const client = () =>
    new InfluxDB({ host: '127.0.0.1', port: scene.port, database: 'Greenhouse', username: 'any', password: scene.key });
  const write = () =>
    client().writePoints(
      [0, 1, 2, 3].map((minute) => ({
        measurement: 'weather',
        tags: { site: minute % 2 === 0 ? 'a b' : "c'd" },
        fields: { t: minute + 0.5, ok: minute === 0, note: `"${minute}"` },
        timestamp: new Date(T + minute * MINUTE),
      })),
      { precision: 'ms' },
    );

  it('reads back the points that it wrote', async () => {
    await write();
    const rows = await client().query<{ time: Date }>('SELECT * FROM weather WHERE site = $site', {
      placeholders: { site: "c'd" },
    });
    expect(rows.map(({ time, ...row }) => [time.getTime(), row])).toEqual([
      [T + MINUTE, { site: "c'd", t: 1.5, ok: false, note: '"1"' }],
      [T + 3 * MINUTE, { site: "c'd", t: 3.5, ok: false, note: '"3"' }],
    ]);
  });

  it('reads groups, several statements, and raw answers', async () => {
    await write();
    const grouped = await client().query(MEAN);
    expect(grouped.groups().map(({ tags, rows }) => [tags, rows.map(({ mean }: any) => mean)])).toEqual([
      [{ site: 'a b' }, [0.5, 2.5]],
      [{ site: "c'd" }, [1.5, 3.5]],
    ]);
    const [counts, lasts] = await client().query<any>(['SELECT count(t) FROM weather', 'SELECT last(t) FROM weather']);
    expect([counts?.[0]?.count, lasts?.[0]?.last]).toEqual([4, 3.5]);
    expect(await client().queryRaw('SELECT max(t) FROM weather', { precision: 'ms' })).toEqual({
      results: [
        { statement_id: 0, series: [{ name: 'weather', columns: ['time', 'max'], values: [[T + 3 * MINUTE, 3.5]] }] },
      ],
    });
  });

  it('lists databases, measurements, series and retention policies', async () => {
    await write();
    expect(await client().getDatabaseNames()).toEqual(['Greenhouse']);
    expect(await client().getMeasurements()).toEqual(['weather']);
    expect(await client().getSeries()).toEqual(['weather,site=a\\ b', "weather,site=c'd"]);
    expect(await client().getSeries({ measurement: 'absent' })).toEqual([]);
    const [...policies] = await client().showRetentionPolicies();
    expect(policies).toMatchObject([{ name: 'autogen', default: true }]);
  });

  it('rejects with the reason why a statement was refused', async () => {
    await expect(client().query('SELECT FROM weather')).rejects.toThrow(/error parsing query: found FROM/);
    await expect(client().query('SHOW MEASUREMENTS', { database: 'Absent' })).rejects.toThrow(/database not found/);
    await expect(client().dropMeasurement('weather')).rejects.toThrow(/not supported/);
  });
});

describe('node-red-contrib-influxdb', () => {
  it('reads with its node "influxdb in" what its node "influxdb out" wrote', async () => {
    const red = new NodeRed();
    red.create('influxdb', {
      ...{ id: 'server', influxdbVersion: '1.x', hostname: '127.0.0.1', port: scene.port, database: 'Greenhouse' },
      credentials: { username: 'any', password: scene.key },
    });
    const output = red.create('influxdb out', {
      id: 'out',
      influxdb: 'server',
      measurement: 'weather',
      precision: 'ms',
    });
    await output.send({ payload: [{ t: 1.5, ok: true, time: T }, { site: 'north' }] });
    const input = red.create('influxdb in', { id: 'in', influxdb: 'server', query: 'SELECT t, ok, site FROM weather' });
    const [{ payload }] = await input.send({});
    expect(payload[0]).toMatchObject({ t: 1.5, ok: true, site: 'north' });
    expect(payload[0].time.getTime()).toBe(T);
    const [raw] = await input.send({ query: 'SHOW FIELD KEYS', rawOutput: true });
    expect(raw.payload.results[0].series[0].values).toEqual([
      ['ok', 'boolean'],
      ['t', 'float'],
    ]);
    await expect(input.send({ query: 'SELECT' })).rejects.toThrow(/error parsing query/);
  });
});

(HAS_SHELL ? describe : describe.skip)('influx, the shell of InfluxDB 1', () => {
  it('reads back the point that it inserted, and lists what there is', async () => {
    await runShell(scene, `INSERT weather,site=north t=21.5,note="a, b" ${T}`);
    expect(await runShell(scene, 'SELECT * FROM weather', ['-format', 'csv'])).toBe(
      `name,time,note,site,t\nweather,${T},"a, b",north,21.5\n`,
    );
    expect(JSON.parse(await runShell(scene, 'SELECT t FROM weather; SHOW TAG KEYS', ['-format', 'json']))).toEqual({
      results: [
        { series: [{ name: 'weather', columns: ['time', 't'], values: [[T, 21.5]] }] },
        { series: [{ name: 'weather', columns: ['tagKey'], values: [['site']] }] },
      ],
    });
    for (const [statement, shown] of [
      ['SHOW DATABASES', 'Greenhouse'],
      ['SHOW MEASUREMENTS', 'weather'],
      ['SHOW SERIES', 'weather,site=north'],
      ['SHOW TAG VALUES WITH KEY = site', 'north'],
      ['SHOW RETENTION POLICIES', 'autogen'],
    ] as const)
      expect(await runShell(scene, statement)).toContain(shown);
  });

  it('prints all rows of an answer that comes in chunks', async () => {
    const lines = Array.from({ length: 25_000 }, (_, index) => `many v=${index} ${T + index}`);
    const sent = { method: 'POST', body: lines.join('\n'), headers: { authorization: `Token ${scene.key}` } };
    expect((await fetch(`${server.url}/write?precision=ms`, sent)).status).toBe(204);
    const printed = await runShell(scene, 'SELECT v FROM many', ['-format', 'csv']);
    expect(printed.match(/^many,\d+,\d+$/gm)).toHaveLength(25_000);
  });

  it('prints why a statement was refused', async () => {
    await expect(runShell(scene, 'SELECT FROM weather')).rejects.toThrow(/ERR: error parsing query: found FROM/);
  });
});

(HAS_PYTHON_CLIENT ? describe : describe.skip)('influxdb, the Python client', () => {
  const read = async (...statements: string[]) => JSON.parse(await runPython(scene, ...statements)) as unknown;
  const shown = (expression: string) => read(WRITE, `print(json.dumps(${expression}))`);
  const WRITE =
    'client.write_points([{"measurement": "weather", "tags": {"site": site}, "time": ' +
    `${T} + minute * ${MINUTE}, "fields": {"t": minute + 0.5}} for minute, site in enumerate(["n", "s", "n", "s"])], time_precision="ms")`;

  it('reads back the points that it wrote, at once and in chunks', async () => {
    const points = [
      { time: '2023-11-14T22:13:20Z', t: 0.5 },
      { time: '2023-11-14T22:15:20Z', t: 2.5 },
    ];
    const query = (more: string) =>
      `client.query("SELECT t FROM weather WHERE site = $site", bind_params={"site": "n"}${more})`;
    expect(await shown(`list(${query('')}.get_points())`)).toEqual(points);
    const chunks = `[p for r in ${query(', chunked=True, chunk_size=1')} for p in r.get_points()]`;
    expect(await shown(chunks)).toEqual(points);
    const grouped = `[[k[1], list(p)] for k, p in client.query("${MEAN}", epoch="ms").items()]`;
    expect(await shown(grouped)).toEqual([
      [
        { site: 'n' },
        [
          { time: T - (T % (2 * MINUTE)), mean: 0.5 },
          { time: T - (T % (2 * MINUTE)) + 2 * MINUTE, mean: 2.5 },
        ],
      ],
      [{ site: 's' }, expect.any(Array)],
    ]);
  });

  it('lists databases, measurements, series and retention policies', async () => {
    expect(await shown('client.get_list_database()')).toEqual([{ name: 'Greenhouse' }]);
    expect(await shown('client.get_list_measurements()')).toEqual([{ name: 'weather' }]);
    expect(await shown('client.get_list_series(tags={"site": "n"})')).toEqual(['weather,site=n']);
    expect(await shown('client.get_list_retention_policies()')).toMatchObject([{ name: 'autogen', default: true }]);
  });

  it('sends what Home Assistant sends at its start and for a sensor', async () => {
    expect(await shown('[db["name"] for db in client.query("SHOW DATABASES;").get_points()]')).toEqual(['Greenhouse']);
    // The statement of its sensor platform, with the names that its documentation shows.
    const sensor = `client.query('select mean(t) as value from "weather" where "site" = \\'n\\' and time < now()')`;
    expect(await shown(`list(${sensor}.get_points())[0]["value"]`)).toBe(1.5);
  });

  it('raises why a statement was refused', async () => {
    await expect(shown('client.query("SELECT")')).rejects.toThrow(/InfluxDBClientError: 400: .*error parsing query/);
  });
});
