import type { RunPiece } from '../../common/http/json-body';
import { PARSING_MILLIS } from '../../ingest/line-protocol/line-body';
import { LineParser, type LineSink } from '../../ingest/line-protocol/line-parser';
import { LineReader } from '../../ingest/line-protocol/written-lines';
import type { ArrivedMessage, MappedMessage, MappedPoint, Unusable } from './mapped-message';

/** Problems of a message that are counted. */
const MAX_PROBLEMS = 1000;

const TIME = /^-?\d{10,19}$/;
const NO_MEASUREMENT = /^[\s{[]/;

/** Whether a text can be line protocol with times, as Telegraf writes it: one of its lines has a measurement, a field and a time. */
export function canBeLines(text: string): boolean {
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    if (isLine(text.slice(start, end).trimEnd())) return true;
    start = end + 1;
  }
  return false;
}

/** No regular expression over the whole line: one with two parts of any length takes quadratic time. */
function isLine(line: string): boolean {
  const space = line.lastIndexOf(' ');
  const equals = line.indexOf('=');
  return equals > 0 && equals < space && TIME.test(line.slice(space + 1)) && !NO_MEASUREMENT.test(line);
}

/** The points of line protocol with times in nanoseconds, as `outputs.mqtt` of Telegraf sends it. */
export function linePoints({ payload, nowMillis, lines }: ArrivedMessage): MappedMessage {
  if (lines) return lines;
  const parser = new LinePoints(nowMillis);
  parser.parse(payload);
  return parser.message;
}

/** Parses lines piece by piece. @param run runs one piece */
export async function linePointsInTurns({ payload, nowMillis }: ArrivedMessage, run: RunPiece): Promise<MappedMessage> {
  const parser = new LinePoints(nowMillis);
  let rest: Buffer | undefined = payload;
  while (rest) {
    const bytes: Buffer = rest;
    rest = await run(() => {
      const end = performance.now() + PARSING_MILLIS;
      return parser.parse(bytes, () => performance.now() < end);
    });
  }
  return parser.message;
}

/** Collects the points of lines. */
class LinePoints {
  private readonly points: MappedPoint[] = [];
  private readonly problems: Unusable[] = [];
  private readonly parser: LineParser;

  constructor(nowMillis: number) {
    const reader = new LineReader(nowMillis);
    const refuse = (number: number, reason: string) => {
      // The first one is the answer.
      if (this.problems.length < MAX_PROBLEMS)
        this.problems.push({ fault: 'payload', sentence: `line ${number}: ${reason}` });
    };
    const sink: LineSink = {
      line: (line) => {
        const read = reader.read(line);
        if (typeof read === 'string') refuse(line.number, read);
        else this.points.push({ series: read.series, values: read.values, at: read.at });
      },
      invalid: refuse,
    };
    this.parser = new LineParser(sink, 'ns');
  }

  get message(): MappedMessage {
    return { points: this.points, problems: this.problems };
  }

  /** @returns what is left to parse, if the parser was stopped */
  parse(bytes: Buffer, goesOn?: () => boolean): Buffer | undefined {
    const parsed = this.parser.parse(bytes, true, goesOn);
    return this.parser.hasMore ? bytes.subarray(parsed) : undefined;
  }
}
