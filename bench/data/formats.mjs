// What the forms of an answer cost: bytes on the wire, and CPU of the server.
import { Buffer } from 'node:buffer';
import { request } from 'node:http';
import { join } from 'node:path';
import { say } from '../../scripts/ready.mjs';
import { FIRST_MILLIS, SCHEMA } from '../support/climate.mjs';
import { startWithSource } from '../support/dakkio.mjs';
import { temporaryFolder } from '../support/databases.mjs';
import { requestText } from '../support/load.mjs';
import { shown, table } from '../support/report.mjs';
import { measureInTurn, median } from '../support/statistics.mjs';

/** A house: sources that send once a minute for a day. */
const SOURCES = 61;
const MINUTES = 1440;
const BATCH = 720;
const GZIP = { 'Accept-Encoding': 'gzip' };

const RANGE = {
  startTime: new Date(FIRST_MILLIS).toISOString(),
  endTime: new Date(FIRST_MILLIS + MINUTES * 60_000).toISOString(),
};
const QUERIES = {
  '10,000 raw points of 3 fields': { filters: { ...RANGE, limit: 10_000 }, downsampling: false },
  [`${SOURCES} sources, a day by 30 minutes, one field`]: {
    filters: { ...RANGE, fields: ['temperature'], limit: 10_000 },
    aggregation: 'avg',
    groupBy: '30m',
  },
};
const FORMS = {
  rows: [{}, {}],
  'rows, gzip': [{}, GZIP],
  columns: [{ format: 'columns' }, {}],
  'columns, gzip': [{ format: 'columns' }, GZIP],
};

/** The same queries as rows and columns, each plain and compressed. */
export async function formats({ load, seconds, rounds }) {
  const dakkio = await startWithSource(join(temporaryFolder(), 'dakkio.db'));
  await fill(dakkio);
  say(`${SOURCES} sources have a day of points`);
  const rows = [];
  for (const [what, query] of Object.entries(QUERIES)) {
    const sides = {};
    const bytes = {};
    for (const [form, [more, accepts]] of Object.entries(FORMS)) {
      const headers = { 'X-API-Key': dakkio.readKey, ...accepts };
      const body = { ...query, ...more };
      const text = requestText('POST', '/api/data/query', { headers, body });
      sides[form] = () => load.run({ server: dakkio.server, requests: [text], status: 200, seconds, connections: 1 });
      bytes[form] = await bytesOf(dakkio.server.port, headers, body);
    }
    const measured = await measureInTurn(sides, rounds, say);
    for (const [form, results] of Object.entries(measured)) {
      const cpu = results.map(({ cpuSeconds, answered }) => (cpuSeconds / answered) * 1000);
      const millis = results.map(({ perSecond }) => 1000 / perSecond);
      rows.push([what, form, shown(bytes[form]), `${shown(median(cpu))} ms`, `${shown(median(millis))} ms`]);
    }
  }
  await dakkio.server.stop();
  return table(['Forms of an answer', 'form', 'bytes', 'CPU a query', 'time a query'], rows);
}

async function fill(dakkio) {
  for (let number = 0; number < SOURCES; number++) {
    const dataSourceId = number === 0 ? dakkio.sourceId : await dakkio.makeSource(`Climate ${number}`, SCHEMA);
    for (let begin = 0; begin < MINUTES; begin += BATCH)
      await dakkio.store(Array.from({ length: BATCH }, (_, index) => pointAt(dataSourceId, number, begin + index)));
  }
}

function pointAt(dataSourceId, number, minute) {
  const noise = ((minute * 7919 + number * 104_729) % 1000) / 1000;
  return {
    dataSourceId,
    timestamp: FIRST_MILLIS + minute * 60_000,
    values: {
      temperature: round(21 + 5 * Math.sin(minute / 229) + noise),
      humidity: round(48 + 9 * Math.cos(minute / 311) - noise),
      pressure: round(1013 + 4 * Math.sin(minute / 701) + noise / 10),
    },
    metadata: { device: `esp32-${number}` },
  };
}

function round(value) {
  return Math.round(value * 100) / 100;
}

/** The length of the body as it comes over the wire. */
function bytesOf(port, headers, body) {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        port,
        host: '127.0.0.1',
        method: 'POST',
        path: '/api/data/query',
        headers: { ...headers, 'Content-Type': 'application/json' },
      },
      (response) => {
        let bytes = 0;
        response
          .on('data', (chunk) => (bytes += chunk.length))
          .on('end', () => resolve(bytes))
          .on('error', reject);
      },
    );
    sent.on('error', reject).end(Buffer.from(JSON.stringify(body)));
  });
}
