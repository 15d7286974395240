// The tour of the demo: from an empty server to plots of a day and a webhook.
import { plot } from './plot.mjs';
import { isSigned } from './receiver.mjs';
import { SENSORS, yesterdayOf } from './sensors.mjs';

const BATCH = 720;

/** Calls the server and prints each request with its result. Returns the ids and keys that it has created. */
export async function tour({ server, receiver, say }) {
  const { call, adminKey } = server;
  say(`A server runs at ${server.url}, on a temporary database.\n`);
  const { bucket } = await call('POST', '/api/buckets', { key: adminKey, body: { name: 'Home', retentionDays: 90 } });
  const newKey = async (type, name) =>
    (await call('POST', `/api/buckets/${bucket._id}/keys`, { key: adminKey, body: { name, type } })).apiKey.key;
  const writeKey = await newKey('write', 'Sensors');
  const readKey = await newKey('read', 'Dashboard');
  say('It has a bucket named Home, with a Write key for sensors and a Read key for a dashboard:');
  say(`  ${writeKey}\n  ${readKey}\n`);

  const sources = {};
  for (const sensor of SENSORS) sources[sensor.name] = await store(sensor);
  await showQueries();
  await showLatest();
  await showAnalytics();
  await showAlert();
  return { bucketId: bucket._id, sources, writeKey, readKey };

  async function store(sensor) {
    const { name, schema } = sensor;
    const path = `/api/buckets/${bucket._id}/sources`;
    const { dataSource } = await call('POST', path, { key: writeKey, body: { name, schema } });
    const points = yesterdayOf(sensor, dataSource._id);
    let inserted = 0;
    for (let start = 0; start < points.length; start += BATCH) {
      const body = { dataPoints: points.slice(start, start + BATCH) };
      inserted += (await call('POST', '/api/data/batch', { key: writeKey, body })).inserted;
    }
    say(`${name}: ${inserted} points of yesterday, a minute apart: ${Object.keys(schema).join(', ')}`);
    return dataSource._id;
  }

  async function showQueries() {
    await showPlots('The living room, averages of half an hour', {
      filters: { dataSourceId: sources['Living room'] },
      aggregation: 'avg',
      groupBy: '30m',
    });
    await showPlots('The greenhouse, minima of half an hour', {
      filters: { dataSourceId: sources.Greenhouse, fields: ['temperature', 'soilMoisture'] },
      aggregation: 'min',
      groupBy: '30m',
    });
    await showPlots('Power without an aggregation: more points than fit on a screen are downsampled to averages', {
      filters: { dataSourceId: sources['Power meter'] },
    });
    const { data } = await query('Power of the whole day, several aggregations', {
      filters: { dataSourceId: sources['Power meter'], fields: ['watts'] },
      aggregation: ['min', 'median', 'p95', 'max'],
    });
    say(`  ${JSON.stringify(data[0].values.watts)}\n`);
  }

  async function showPlots(title, body) {
    const { data, metadata } = await query(title, body);
    if (metadata.downsamplingApplied) say(`  ${data.length} rows, one for each ${metadata.groupBy}`);
    const fields = new Set(data.flatMap(({ values }) => Object.keys(values)));
    for (const field of fields) {
      const series = data.map(({ values }) => values[field]).filter((value) => typeof value === 'number');
      if (series.length > 0) say(plot(field, series));
    }
  }

  async function query(title, body) {
    say(`\n${title}:\n  POST /api/data/query ${JSON.stringify(body)}`);
    return call('POST', '/api/data/query', { key: readKey, body });
  }

  async function showLatest() {
    const nameOf = (id) => Object.keys(sources).find((name) => sources[name] === id) ?? id;
    say('The newest point of each sensor:\n  GET /api/data/latest');
    for (const row of (await call('GET', '/api/data/latest', { key: readKey })).data)
      say(`  ${row.timestamp}  ${nameOf(row.dataSourceId).padEnd(12)} ${JSON.stringify(row.values)}`);
  }

  async function showAnalytics() {
    const path = `/api/analytics/buckets/${bucket._id}?period=7d`;
    const { analytics } = await call('GET', path, { key: readKey });
    say(`\nCounts and averages of the last seven days:\n  GET ${path}`);
    for (const { name, dataPointCount, avgValues } of analytics.dataSourceStats) {
      const averages = Object.entries(avgValues).map(([field, value]) => `${field} ${value.toFixed(1)}`);
      say(`  ${name.padEnd(12)} ${dataPointCount} points, on average ${averages.join(', ')}`);
    }
  }

  /** An alert rule in plain English, a point that meets it, one that does not, and the webhooks of both. */
  async function showAlert() {
    const dataSourceId = sources['Living room'];
    const rule = { name: 'Living room too hot', condition: 'temperature is greater than 30', webhookUrl: receiver.url };
    say(
      `\nAn alert rule in plain English, with a webhook to this machine:\n  POST /api/alerts ${JSON.stringify(rule)}`,
    );
    const { alertRule } = await call('POST', '/api/alerts', { key: writeKey, body: { ...rule, dataSourceId } });
    say(`  parsed as ${JSON.stringify(alertRule.parsedCondition)}`);
    for (const temperature of [31.5, 22]) {
      const body = { dataSourceId, values: { temperature, humidity: 40 } };
      await call('POST', '/api/data', { key: writeKey, body });
      const webhook = await receiver.next();
      const { event, data } = JSON.parse(webhook.text);
      const signature = isSigned(alertRule.webhookSecret, webhook) ? 'valid signature' : 'INVALID SIGNATURE';
      say(
        `  ${temperature} °C: ${event}, "${data.alertName}", ${data.currentValue} against ${data.threshold}; ${signature}`,
      );
    }
  }
}
