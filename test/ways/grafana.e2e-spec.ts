import { makeInfluxScene, type InfluxScene } from '../support/influx-scene';
import { expand, optionsOf, readDashboard, valueAt, type Chosen, type Shown } from '../support/grafana';
import { startApp, type TestApp } from '../support/test-app';

const MINUTE = 60_000;
const T = 1_700_000_000_000;
const RANGE = { from: T, to: T + 30 * MINUTE, interval: '5m' };

let server: TestApp;
let scene: InfluxScene;
beforeAll(async () => {
  server = await startApp();
  scene = await makeInfluxScene(server);
  const lines = Array.from({ length: 60 }, (_, index) => {
    const [site, time] = [['north "1"', 'a/b.c'][index % 2]?.replaceAll(' ', '\\ '), T + (index * MINUTE) / 2];
    return `weather,site=${site},floor=1 temperature=${index},rain=${index % 3 === 0} ${time}\npower w=${index} ${time}`;
  });
  const sent = { method: 'POST', body: lines.join('\n'), headers: { authorization: `Token ${scene.key}` } };
  expect((await fetch(`${server.url}/write?precision=ms`, sent)).status).toBe(204);
});
afterAll(() => server.stop());

/** Sends a statement as Grafana's data source InfluxDB does. */
async function ask(statement: string): Promise<any> {
  const query = new URLSearchParams({ db: 'Greenhouse', epoch: 'ms', q: statement });
  const authorization = `Basic ${Buffer.from(`any:${scene.reader}`).toString('base64')}`;
  const response = await fetch(`${server.url}/query?${query.toString()}`, { headers: { authorization } });
  return response.json();
}

describe('docs/grafana/bucket.json', () => {
  const dashboard = readDashboard('bucket.json');
  const variables = dashboard.templating.list.filter(({ type }) => type === 'query');
  const targets = dashboard.panels.flatMap(({ title, targets: all }) =>
    all.map(({ query }) => [title, query as string]),
  );

  /** The values that are chosen when a measurement is opened: the first of each variable, and "All". */
  async function opened(measurement: string): Promise<Shown> {
    const chosen: Record<string, Chosen> = { measurement };
    for (const { name, query, allValue } of variables.slice(1)) {
      const options = optionsOf(await ask(expand(query.query, { ...RANGE, variables: chosen })));
      chosen[name] = allValue === undefined ? (options.sort()[0] ?? '') : { all: allValue as string };
    }
    return { ...RANGE, variables: chosen };
  }

  it('offers measurements, fields, tags and their values', async () => {
    const shown = { ...RANGE, variables: { measurement: 'weather', tag: 'site' } };
    const options: Record<string, string[]> = {};
    for (const { name, query } of variables) options[name] = optionsOf(await ask(expand(query.query, shown)));
    expect(options).toEqual({
      measurement: ['power', 'weather'],
      field: ['rain', 'temperature'],
      tag: ['floor', 'site'],
      value: ['a/b.c', 'north "1"'],
    });
  });

  it.each(targets)('has data in the panel %s: %s', async (_title, query) => {
    const north = { measurement: 'weather', field: 'temperature', tag: 'site', value: ['north "1"'] };
    const choices: [Shown, number][] = [
      [{ ...RANGE, variables: north }, 1],
      [{ ...RANGE, variables: { ...north, value: ['north "1"', 'a/b.c'] } }, 2],
      [{ ...RANGE, variables: { ...north, value: { all: '.*' } } }, 2],
      // It has no tags, so nothing is chosen.
      [await opened('power'), 1],
    ];
    for (const [shown, groups] of choices) {
      const { results } = await ask(expand(query, shown));
      expect(results[0].error).toBeUndefined();
      const { series } = results[0];
      expect(series).toHaveLength(/GROUP BY .*\*/.test(query) ? groups : 1);
      for (const { values } of series) expect(values.flat().slice(1)).toContainEqual(expect.any(Number));
    }
  });

  it('shows no points of the values that are not chosen', async () => {
    const only = { measurement: 'weather', field: 'temperature', tag: 'site', value: 'a/b.c' };
    for (const [, query = ''] of targets) {
      const { results } = await ask(expand(query, { ...RANGE, variables: only }));
      const cells: unknown[] = results[0].series[0].values.flat();
      if (query.includes('SELECT *')) expect(cells).not.toContain('north "1"');
      if (query.includes('count('))
        expect(results[0].series[0].values.map(([, count]: number[]) => count)).toContain(5);
    }
  });
});

describe('docs/grafana/infinity.json', () => {
  const dashboard = readDashboard('infinity.json');
  const steps = dashboard.templating.list.find(({ type }) => type === 'interval')?.query.split(',') as string[];
  const targets = dashboard.panels.flatMap(({ title, targets: all }) => all.map((target) => [title, target] as const));

  it.each(targets)('has data in each column of the panel %s', async (_title, target) => {
    for (const step of steps) {
      const shown = { ...RANGE, variables: { server: server.url, field: 'temperature', step } };
      const { method, data } = target.url_options;
      const response = await fetch(expand(target.url, shown), {
        ...{ method, body: expand(data, shown) },
        headers: { 'X-API-Key': scene.reader, 'Content-Type': target.url_options.body_content_type },
      });
      expect(response.status).toBe(200);
      const rows = valueAt((await response.json()) as object, target.root_selector) as object[];
      expect(rows.length).toBeGreaterThan(0);
      for (const { selector, type } of target.columns) {
        const expected = type === 'number' ? expect.any(Number) : expect.any(String);
        for (const row of rows) expect(valueAt(row, expand(selector, shown))).toEqual(expected);
      }
    }
  });
});
