// test:all runs this on PostgreSQL too: the figures of the database are read from it.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeBucket, makeKey, makeOrganization, makeSource } from '../support/make';
import { freePort } from '../support/free-port';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const TOKEN = 'm'.repeat(32);
const has = (program: string) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
const HAS_PROMETHEUS = has('promtool') && has('prometheus');

let server: TestApp;
let bucketId: string;
let sourceId: string;
beforeAll(async () => {
  server = await startApp({ DAKKIO_METRICS_TOKEN: TOKEN });
  bucketId = await makeBucket(server);
  sourceId = await makeSource(server, bucketId);
});
afterAll(() => server.stop());

async function scrape(bearer = TOKEN) {
  const response = await fetch(`${server.url}/metrics`, { headers: { Authorization: `Bearer ${bearer}` } });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}
const valueOf = (text: string, series: string) => {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
};
const send = (dataPoints: readonly object[], query = '') =>
  server.call('POST', `/api/data/batch${query}`, { key: server.adminKey, body: { bucketId, dataPoints } });

describe('GET /metrics', () => {
  it('answers the token, and Admin keys of the first organization', async () => {
    for (const bearer of [TOKEN, server.adminKey]) {
      const { status, type, text } = await scrape(bearer);
      expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
      expect(valueOf(text, 'dakkio_streams_open')).toBe(0);
    }
  });

  it('refuses everyone else', async () => {
    const write = await makeKey(server, bucketId, 'write');
    const other = await makeOrganization(server);
    expect((await scrape(`${TOKEN}x`)).status).toBe(401);
    expect((await scrape(write.key)).status).toBe(403);
    expect((await scrape(other)).status).toBe(403);
    expect((await fetch(`${server.url}/metrics`)).status).toBe(401);
    const inQuery = await fetch(`${server.url}/metrics?token=${TOKEN}`);
    expect(inQuery.status).toBe(401);
  });

  it('counts requests by method, route and status, whatever paths clients send', async () => {
    const route = '/api/buckets/:bucketId';
    const series = `dakkio_http_request_duration_seconds_count{method="GET",route="${route}",status="404"}`;
    const before = valueOf((await scrape()).text, series) ?? 0;
    for (let index = 0; index < 3; index++)
      await server.call('GET', `/api/buckets/${'0'.repeat(23)}${index}`, { key: server.adminKey });
    await server.call('GET', `/no/such/${bucketId}`);
    const { text } = await scrape();
    expect(valueOf(text, series)).toBe(before + 3);
    expect(text).not.toContain(bucketId);
    expect(text).not.toContain('no/such');
    expect(valueOf(text, 'dakkio_http_request_duration_seconds_count{method="GET",route="none",status="404"}')).toBe(1);
    const buckets = [
      ...text.matchAll(/_bucket\{method="GET",route="\/api\/buckets\/:bucketId",status="404",le="([^"]+)"\} (\d+)/g),
    ];
    expect(buckets.map(([, le]) => le)).toEqual([
      ...['0.001', '0.0025', '0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '10', '+Inf'],
    ]);
    const counts = buckets.map(([, , count]) => Number(count));
    expect(counts).toEqual([...counts].sort((one, other) => one - other));
    expect(counts.at(-1)).toBe(before + 3);
  });

  it('counts points that were stored, and those that were not, by reason', async () => {
    const read = async () => {
      const { text } = await scrape();
      const rejected = (reason: string) =>
        valueOf(text, `dakkio_points_rejected_total{way="json",reason="${reason}"}`) ?? 0;
      return {
        stored: valueOf(text, 'dakkio_points_ingested_total{way="json"}') ?? 0,
        ...{ value: rejected('invalid_value'), future: rejected('timestamp_in_future') },
      };
    };
    const point = (temperature: unknown, timestamp: unknown = Date.now()) => ({
      ...{ dataSourceId: sourceId, values: { t: temperature }, timestamp },
    });
    const before = await read();
    expect((await send([point(1), point(2, Date.now() - 5)])).status).toBe(201);
    expect(
      (await send([point(3, Date.now() - 50), point('x'), point(4, Date.now() + 1e9)], '?partial=true')).status,
    ).toBe(207);
    expect((await send([point(5), point('x')])).status).toBe(400);
    const after = await read();
    expect(after.stored - before.stored).toBe(3);
    expect([after.value - before.value, after.future - before.future]).toEqual([3, 1]);
  });

  it('counts lines of line protocol, and those that were not stored, by reason', async () => {
    const read = async () => {
      const { text } = await scrape();
      const rejected = (reason: string) =>
        valueOf(text, `dakkio_points_rejected_total{way="line_protocol",reason="${reason}"}`) ?? 0;
      return [
        valueOf(text, 'dakkio_points_ingested_total{way="line_protocol"}') ?? 0,
        ...['invalid_line', 'invalid_value'].map(rejected),
      ];
    };
    const before = await read();
    const { status } = await fetch(`${server.url}/api/v2/write?bucket=${bucketId}`, {
      method: 'POST',
      headers: { authorization: `Token ${server.adminKey}` },
      body: 'm f=1 1\nm f=2 2\nbad\nm f="x" 3\nm g=1 -1\n',
    });
    expect(status).toBe(400);
    expect((await read()).map((count, index) => count - (before[index] ?? 0))).toEqual([2, 2, 1]);
  });

  it('has the figures of the database and of the process', async () => {
    const { text } = await scrape();
    expect(valueOf(text, 'dakkio_database_size_bytes')).toBeGreaterThan(1000);
    expect(valueOf(text, 'dakkio_disk_free_bytes') === undefined).toBe(ON_POSTGRES);
    expect(valueOf(text, 'process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
    expect(valueOf(text, 'process_cpu_seconds_total')).toBeGreaterThan(0.1);
    const startedAt = valueOf(text, 'process_start_time_seconds') ?? 0;
    expect(Math.abs(startedAt + process.uptime() - Date.now() / 1000)).toBeLessThan(5);
    expect(text).toMatch(
      new RegExp(
        `^dakkio_build_info\\{version="[^"]+",node="[^"]+",database="${ON_POSTGRES ? 'postgres' : 'sqlite'}"\\} 1$`,
        'm',
      ),
    );
  });
});

describe('the documentation', () => {
  const read = (path: string) => readFileSync(join(__dirname, '..', '..', path), 'utf8');
  const families = async () => {
    const { text } = await scrape();
    return [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', type = '']) => ({ name, type }));
  };

  it('has a row for each family, with its type', async () => {
    const rows = read('docs/metrics.md').split('\n');
    const listed = rows.flatMap((row) => {
      const [, names = '', type = ''] = /^\| ((?:`\w+`(?:, )?)+) \| (\w+) \|/.exec(row) ?? [];
      return [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => ({ name, type }));
    });
    const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1);
    expect(listed.sort(byName)).toEqual((await families()).sort(byName));
  });

  it('has a dashboard and alerts of families that exist', async () => {
    const names = (await families()).map(({ name }) => name);
    const expressions = read('docs/grafana/server.json') + read('docs/metrics.md');
    const used = [...expressions.matchAll(/\b(?:dakkio|process|nodejs)_\w+/g)].map(([name]) =>
      name.replace(/_(?:bucket|count|sum)$/, ''),
    );
    expect(used.length).toBeGreaterThan(40);
    expect([...new Set(used)].filter((name) => !names.includes(name))).toEqual([]);
  });
});

(HAS_PROMETHEUS ? describe : describe.skip)('Prometheus', () => {
  it('finds nothing to complain of', async () => {
    const { text } = await scrape();
    const checked = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    expect([checked.status, checked.stderr]).toEqual([0, '']);
  });

  it('scrapes it with the configuration of the documentation', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dakkio-prometheus-'));
    const port = await freePort();
    const { host } = new URL(server.url);
    writeFileSync(
      join(folder, 'prometheus.yml'),
      `scrape_configs:
  - job_name: dakkio
    scrape_interval: 1s
    authorization: { credentials: ${TOKEN} }
    static_configs: [{ targets: ['${host}'] }]
`,
    );
    const listen = `--web.listen-address=127.0.0.1:${port}`;
    const files = [`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'data')}`];
    const prometheus = spawn('prometheus', [...files, listen], { stdio: 'ignore' });
    try {
      const query = encodeURIComponent('up{job="dakkio"} == 1 and on() dakkio_streams_open == 0');
      await until('Prometheus has scraped the server', async () => {
        const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${query}`).catch(() => undefined);
        // It answers 503 in plain text until it is ready.
        const body = (answer?.ok ? await answer.json() : undefined) as { data?: { result: unknown[] } } | undefined;
        return body?.data?.result.length === 1;
      });
    } finally {
      prometheus.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});
