// Points in: batches of a thousand, and one by one.
import { join } from 'node:path';
import { say } from '../../scripts/ready.mjs';
import { asJson, asLines, DEVICES, FIRST_MILLIS, STEP_MILLIS } from '../support/climate.mjs';
import { startWithSource } from '../support/dakkio.mjs';
import { temporaryFolder } from '../support/databases.mjs';
import { requestText } from '../support/load.mjs';
import { isInstalled, startInflux } from '../support/peers.mjs';
import { peakMegabytes } from '../support/processes.mjs';
import { atMost, figure, shown, table } from '../support/report.mjs';
import { median, measureInTurn, ratioOf } from '../support/statistics.mjs';

const BATCH = 1000;
const BATCH_CONNECTIONS = 8;
const SINGLE_CONNECTIONS = 32;
const GOALS = { batch: 0.75, cpu: 0.95, single: 1.3, megabytes: 220 };

/** Batches and single points, and what memory the batches take at most. */
export async function ingest({ load, seconds, rounds }) {
  const dakkio = await startWithSource(join(temporaryFolder(), 'dakkio.db'));
  const influx = isInstalled('influxd') ? await startInflux() : undefined;
  const sender = (server, status, textOf, firstMillis) => {
    let next = firstMillis;
    return (points, connections) => async () => {
      const perTime = points === 1 ? 1 : DEVICES;
      const series = { text: textOf(points), firstMillis: next, stepMillis: STEP_MILLIS, perTime };
      const round = await load.run({ server, series, status, seconds, connections });
      next += round.answered * (points / perTime) * STEP_MILLIS;
      return { perSecond: round.perSecond * points, answered: round.answered * points, cpuSeconds: round.cpuSeconds };
    };
  };
  const ours = sender(
    dakkio.server,
    201,
    (points) => dakkio.ingestion(asJson(dakkio.sourceId, points), points),
    FIRST_MILLIS,
  );
  const headers = influx?.headers;
  const lines = (points) => requestText('POST', influx.writePath, { headers, body: asLines(points) });
  const theirs = influx && sender(influx, influx.writeStatus, lines, FIRST_MILLIS);

  const measured = {};
  for (const [name, points, connections] of [
    ['batch', BATCH, BATCH_CONNECTIONS],
    ['single', 1, SINGLE_CONNECTIONS],
  ]) {
    const sides = { dakkio: ours(points, connections), ...(theirs && { influx: theirs(points, connections) }) };
    measured[name] = await measureInTurn(sides, rounds, say);
    if (name === 'batch') measured.megabytes = peakMegabytes(dakkio.server.pid);
  }
  await Promise.all([dakkio.server.stop(), influx?.stop()]);
  return [comparisonOf(measured), memoryOf(measured)];
}

function comparisonOf({ batch, single }) {
  const rows = [
    [`Batches of ${BATCH}, ${BATCH_CONNECTIONS} connections, points a second`, batch, GOALS.batch],
    [`One by one, ${SINGLE_CONNECTIONS} connections, points a second`, single, GOALS.single],
  ].map(([what, { dakkio, influx = [] }, goal]) => {
    const rates = [dakkio, influx].map((side) => shown(median(side.map(({ perSecond }) => perSecond))));
    return [what, ...rates, ...(influx.length > 0 ? figure(ratioOf(dakkio, influx), goal) : ['–', goal])];
  });
  const perMillion = (round) => (round.cpuSeconds / round.answered) * 1e6;
  for (const [what, { dakkio, influx = [] }, goal] of [
    [`Batches, CPU seconds for a million points`, batch, GOALS.cpu],
    [`One by one, CPU seconds for a million points`, single],
  ]) {
    const figures = [dakkio, influx].map((side) => shown(median(side.map(perMillion))));
    const ratios = influx.map((round, index) => perMillion(dakkio[index]) / perMillion(round));
    rows.push([what, ...figures, ...(influx.length > 0 ? atMost(ratios, goal) : ['–', goal])]);
  }
  return table(['Ingest', 'dakkio', 'InfluxDB', 'ratio', 'goal'], rows);
}

function memoryOf({ megabytes }) {
  return table(
    ['Memory', 'MB', 'goal'],
    [['peak memory of the server while the batches are stored', ...atMost([megabytes], GOALS.megabytes)]],
  );
}
