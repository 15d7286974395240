// What a stream costs those who store points as fast as they can.
import { join } from 'node:path';
import { asJson, DEVICES } from '../support/climate.mjs';
import { startWithSource } from '../support/dakkio.mjs';
import { temporaryFolder } from '../support/databases.mjs';
import { figure, shown, table } from '../support/report.mjs';
import { cpuPerThousandOf, measureInTurn, perSecondOf, ratioOf } from '../support/statistics.mjs';
import { startReaders } from './readers.mjs';

const DAY_MILLIS = 86_400_000;
const KINDS = [
  ['Batches of 1000, 8 connections, points a second', 1000, 8],
  ['Batches of 10, 8 connections, points a second', 10, 8],
  ['One by one, 32 connections, points a second', 1, 32],
];

/**
 * Ingest with a reader of another data source of the bucket, so that commits are recorded and read but not sent, and without. What
 * is sent to readers shares the processor with ingest: that is the other table.
 */
export async function ingestWithReader({ load, seconds, rounds, tell }) {
  const plain = await startWithSource(join(temporaryFolder(), 'plain.db'));
  const streamed = await startWithSource(join(temporaryFolder(), 'streamed.db'));
  const other = await streamed.makeSource('Other', { t: 'number' });
  const readers = startReaders();
  const path = `/api/data/stream?dataSourceId=${other}`;
  await readers.open({ port: streamed.server.port, path, keys: [streamed.readKey], count: 1 });
  const sides = { plain: sender(load, plain, seconds), streamed: sender(load, streamed, seconds) };
  const rows = [];
  for (const [what, points, connections] of KINDS) {
    const inTurn = { plain: sides.plain(points, connections), streamed: sides.streamed(points, connections) };
    const measured = await measureInTurn(inTurn, rounds, tell);
    const rates = [measured.streamed, measured.plain].map((side) => shown(perSecondOf(side)));
    const cpu = cpuPerThousandOf(measured.streamed) / cpuPerThousandOf(measured.plain);
    rows.push([what, ...rates, figure(ratioOf(measured.streamed, measured.plain))[0], cpu.toFixed(2)]);
  }
  await readers.close();
  readers.stop();
  for (const { server } of [plain, streamed]) await server.stop();
  return table(['Ingest', 'with a stream', 'without', 'ratio', 'CPU, ratio'], rows);
}

function sender(load, dakkio, seconds) {
  let next = Date.now() - DAY_MILLIS / 2;
  return (points, connections) => async () => {
    const perTime = points === 1 ? 1 : DEVICES;
    const text = dakkio.ingestion(asJson(dakkio.sourceId, points), points);
    const series = { text, firstMillis: next, stepMillis: 1, perTime };
    const round = await load.run({ server: dakkio.server, series, status: 201, seconds, connections });
    next += round.answered * (points / perTime);
    return { perSecond: round.perSecond * points, answered: round.answered * points, cpuSeconds: round.cpuSeconds };
  };
}
