import { LineParser, type LineSink } from '../../ingest/line-protocol/line-parser';
import { LineReader } from '../../ingest/line-protocol/written-lines';
import type { MappedMessage, MappedPoint, Unusable } from './mapped-message';

/** Three fields at least: measurement, fields and time. */
const LOOKS_LIKE_LINES = /^[^\s{[][^\n]*=[^\n]* -?\d{10,19}\s*$/m;

/** Whether a text can be line protocol with times, as Telegraf writes it. */
export function canBeLines(text: string): boolean {
  return LOOKS_LIKE_LINES.test(text);
}

/** The points of line protocol with times in nanoseconds, as `outputs.mqtt` of Telegraf sends it. */
export function linePoints(payload: Buffer, nowMillis: number): MappedMessage {
  const points: MappedPoint[] = [];
  const problems: Unusable[] = [];
  const reader = new LineReader(nowMillis);
  const refuse = (number: number, reason: string) =>
    problems.push({ fault: 'payload', sentence: `line ${number}: ${reason}` });
  const sink: LineSink = {
    line: (line) => {
      const read = reader.read(line);
      if (typeof read === 'string') refuse(line.number, read);
      else points.push({ series: read.series, values: read.values, at: read.at });
    },
    invalid: refuse,
  };
  new LineParser(sink, 'ns').parse(payload, true);
  return { points, problems };
}
