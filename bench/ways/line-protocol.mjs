// Line protocol: the parser by itself, and batches of lines beside InfluxDB.
import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { asLines, DEVICES, FIRST_MILLIS, STEP_MILLIS } from '../support/climate.mjs';
import { startWithBucket } from '../support/dakkio.mjs';
import { temporaryFolder } from '../support/databases.mjs';
import { built } from '../support/in-process.mjs';
import { requestText, startLoad } from '../support/load.mjs';
import { isInstalled, startInflux } from '../support/peers.mjs';
import { atMost, figure, shown, table } from '../support/report.mjs';
import { median, measureInTurn, perSecondOf, ratioOf } from '../support/statistics.mjs';

const LINES = 5000;
const CONNECTIONS = 4;
const GOALS = { parser: 1_500_000, rate: 0.7, cpu: 1 };

/** The parts of the report. The comparison is left out where InfluxDB is not installed. */
export async function lineProtocol({ seconds, rounds, tell }) {
  const parser = await parserAlone({ seconds, rounds, tell });
  return isInstalled('influxd') ? [parser, await besideInflux({ seconds, rounds, tell })] : [parser];
}

async function parserAlone({ seconds, rounds, tell }) {
  const { LineParser } = built('ingest', 'line-protocol', 'line-parser.js');
  const body = Buffer.from(asLines(LINES).replaceAll('#'.repeat(13), String(FIRST_MILLIS)));
  const parse = async () => {
    const startedAt = performance.now();
    let answered = 0;
    const sink = { line: () => (answered += 1), invalid: (_number, reason) => tell(reason) };
    while (performance.now() - startedAt < 1000 * seconds) new LineParser(sink, 'ms').parse(body, true);
    return { perSecond: answered / ((performance.now() - startedAt) / 1000), answered, cpuSeconds: NaN };
  };
  const { parser } = await measureInTurn({ parser: parse }, rounds, tell);
  const goal = `${GOALS.parser / 1e6} million`;
  const rate = perSecondOf(parser);
  return table(
    ['Parser alone, lines with three fields', 'lines a second', 'goal'],
    [['', shown(rate), `${goal} (${rate >= GOALS.parser ? 'met' : 'missed'})`]],
  );
}

async function besideInflux({ seconds, rounds, tell }) {
  const load = startLoad();
  const dakkio = await startWithBucket(join(temporaryFolder(), 'lines.db'));
  const [key] = await dakkio.make([{ name: 'Telegraf', type: 'write' }]);
  const influx = await startInflux();
  const body = asLines(LINES);
  const sender = (server, path, headers) => {
    const text = requestText('POST', path, { headers, body });
    let next = FIRST_MILLIS;
    return async () => {
      const series = { text, firstMillis: next, stepMillis: STEP_MILLIS, perTime: DEVICES };
      const round = await load.run({ server, series, status: 204, seconds, connections: CONNECTIONS });
      next += round.answered * (LINES / DEVICES) * STEP_MILLIS;
      return {
        perSecond: round.perSecond * LINES,
        answered: round.answered * LINES,
        cpuSeconds: round.cpuSeconds,
      };
    };
  };
  const sides = {
    dakkio: sender(dakkio.server, '/api/v2/write?precision=ms', { Authorization: `Token ${key}` }),
    influx: sender(influx, influx.writePath, influx.headers),
  };
  const measured = await measureInTurn(sides, rounds, tell);
  load.stop();
  await Promise.all([dakkio.server.stop(), influx.stop()]);
  return comparisonOf(measured);
}

function comparisonOf({ dakkio, influx }) {
  const perMillion = (round) => (round.cpuSeconds / round.answered) * 1e6;
  const of = (read) => [dakkio, influx].map((side) => shown(median(side.map(read))));
  const ratios = influx.map((round, index) => perMillion(dakkio[index]) / perMillion(round));
  return table(
    [`Batches of ${LINES} lines, ${CONNECTIONS} connections`, 'dakkio', 'InfluxDB 1.6', 'ratio', 'goal'],
    [
      ['lines a second', ...of(({ perSecond }) => perSecond), ...figure(ratioOf(dakkio, influx), GOALS.rate)],
      ['CPU seconds for a million lines', ...of(perMillion), ...atMost(ratios, GOALS.cpu)],
    ],
  );
}
