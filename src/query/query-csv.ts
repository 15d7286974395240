import { stringify } from 'csv-stringify/sync';
import { CHARACTERS_AT_ONCE, endChunks, writeChunk } from '../common/http/answer-stream';
import { beginEncoding } from '../common/http/compression/encoded-answers';
import { ApiError } from '../common/errors';
import { attach, fileNameOf, markAsCsv, spreadsheetSafe } from '../common/http/csv-answer';
import type { LeanResponse } from '../common/http/lean-messages';
import type { YieldTurn } from '../common/http/yield';
import type { Value } from '../points/values';
import { tooLarge } from './json-answer';
import { CSV_TOO_WIDE } from './query.errors';
import { isoTime, type PageEnd, type QueryAnswer, type QueryRow, type ShowTime } from './query-answer';
import { timesIn } from './zoned-times';

/** Lines written in a few milliseconds. */
const MAX_ROWS_PER_PIECE = 500;
const CELLS_PER_PIECE = 4000;
/** Answers up to this size are kept in memory instead of being computed twice. */
const MAX_KEPT_BYTES = 4_000_000;
/** The limit of common spreadsheets. A line of this many columns is written in about ten milliseconds. */
export const MAX_COLUMNS = 16_384;
/** The minimum bytes of a line besides values: times, ids and commas. */
const LEAST_PER_ROW = { raw: 76, grouped: 52 };

export const QUERY_CSV_EXAMPLE =
  'timestamp,dataSourceId,count,temperature\n2024-01-15T10:00:00.000Z,507f1f77bcf86cd799439014,60,21.5\n';

export interface CsvOptions {
  readonly limitBytes: number;
  /** Whether to escape texts that a spreadsheet would run as formulas. */
  readonly excel?: boolean | undefined;
  /** The time zone of the times. Default: UTC. */
  readonly zone?: string | undefined;
}

/**
 * Sends an answer as CSV (RFC 4180): a column for each field, or for each aggregation of a field if there are several, and empty
 * cells for missing values. Metadata is JSON. Because columns and headers come first, a large answer is computed twice: once to
 * find them, and again while it is sent.
 *
 * @throws ApiError `CSV_TOO_WIDE`; `ANSWER_TOO_LARGE`, before anything is sent unless rows grew since the first pass
 * @throws CallerGone when the client closes its connection
 */
export async function sendCsvAnswer(
  response: LeanResponse,
  answer: QueryAnswer,
  { limitBytes, excel = false, zone }: CsvOptions,
  yieldTurn: YieldTurn,
): Promise<void> {
  const showTime = zone === undefined ? isoTime : timesIn(zone);
  const survey = await surveyOf(answer, limitBytes, showTime);
  const { hasMore, nextCursor, overflow } = survey.end;
  const csv = new CsvPieces(
    { ...survey, isNamed: answer.isNamed ?? false },
    limitBytes,
    excel ? spreadsheetSafe : plain,
  );
  let text = csv.head();
  const begin = () => {
    attach(response, `${fileNameOf(answer.title)}.csv`);
    markAsCsv(response);
    response.set({
      'X-Has-More': String(hasMore),
      'X-Downsampling-Applied': String(answer.about?.downsamplingApplied ?? false),
    });
    if (nextCursor !== undefined) response.set('X-Next-Cursor', nextCursor);
    if (overflow) response.set('X-Overflow', 'true');
  };
  for await (const rows of survey.kept ? [survey.kept] : rowsAgain(answer, survey.end, showTime))
    for (const piece of csv.of(rows)) {
      text += piece;
      await yieldTurn();
      if (text.length < CHARACTERS_AT_ONCE) continue;
      if (!response.headersSent) {
        begin();
        beginEncoding(response);
      }
      await writeChunk(response, text);
      text = '';
    }
  if (response.headersSent) return endChunks(response, text);
  begin();
  response.send(text);
}

/** What the first pass finds out: the columns and the end of the page. */
interface Survey {
  readonly isRaw: boolean;
  /** `temperature`, or `temperature.min`, in order of appearance. */
  readonly cells: ReadonlySet<string>;
  readonly end: PageEnd;
  /** All rows, if they are small enough to keep. */
  readonly kept: readonly QueryRow[] | undefined;
}

async function surveyOf(answer: QueryAnswer, limitBytes: number, showTime: ShowTime): Promise<Survey> {
  const cells = new Set<string>();
  let kept: QueryRow[] | undefined = [];
  let [isRaw, count, bytes] = [false, 0, 0];
  const source = answer.rows(showTime);
  for (;;) {
    const next = await source.next();
    if (next.done) return { isRaw, cells, kept, end: next.value };
    for (const row of next.value) {
      isRaw ||= row._id !== undefined;
      count += 1;
      for (const [name, value] of cellsOf(row)) {
        cells.add(name);
        bytes += value === null ? 0 : Buffer.byteLength(String(value));
      }
      kept?.push(row);
    }
    if (cells.size > MAX_COLUMNS) throw new ApiError(CSV_TOO_WIDE);
    // Each row has a comma for each column, also for empty cells.
    const least = bytes + count * (LEAST_PER_ROW[isRaw ? 'raw' : 'grouped'] + cells.size);
    if (least > limitBytes) throw tooLarge(limitBytes, Math.max(1, Math.floor((count * limitBytes) / least)));
    if (least > MAX_KEPT_BYTES) kept = undefined;
  }
}

/** Computes the rows again. Fails if the page now ends at another cursor than the one sent in the header. */
async function* rowsAgain(answer: QueryAnswer, end: PageEnd, showTime: ShowTime): AsyncGenerator<readonly QueryRow[]> {
  const { nextCursor } = yield* answer.rows(showTime);
  if (end.nextCursor !== undefined && nextCursor !== end.nextCursor)
    throw new Error('Points were stored or deleted within a page while it was sent as CSV');
}

/** Writes the lines of the table. */
class CsvPieces {
  private readonly cells: readonly string[];
  private bytes = 0;
  private rows = 0;

  constructor(
    private readonly survey: Pick<Survey, 'isRaw' | 'cells'> & { readonly isNamed: boolean },
    private readonly limitBytes: number,
    private readonly shown: (cell: Value | null) => unknown,
  ) {
    this.cells = [...survey.cells];
  }

  head(): string {
    const { isRaw, isNamed } = this.survey;
    const source = isNamed ? ['dataSourceId', 'dataSource'] : ['dataSourceId'];
    const before = isRaw ? ['_id', 'timestamp', ...source] : ['timestamp', ...source, 'count'];
    return this.counted(stringify([[...before, ...this.cells.map(this.shown), ...(isRaw ? ['metadata'] : [])]]));
  }

  /** @throws ApiError `ANSWER_TOO_LARGE` once the answer exceeds the limit */
  *of(rows: readonly QueryRow[]): Generator<string> {
    const atOnce = Math.max(1, Math.min(MAX_ROWS_PER_PIECE, Math.floor(CELLS_PER_PIECE / (this.cells.length + 1))));
    for (let start = 0; start < rows.length; start += atOnce) {
      const some = rows.slice(start, start + atOnce);
      this.rows += some.length;
      yield this.counted(
        stringify(
          some.map((row) => this.lineOf(row)),
          { cast: { boolean: String } },
        ),
      );
    }
  }

  private lineOf(row: QueryRow): unknown[] {
    const cells = new Map(cellsOf(row));
    const values = this.cells.map((name) => this.shown(cells.get(name) ?? null));
    const { isRaw, isNamed } = this.survey;
    const source = isNamed ? [row.dataSourceId, this.shown(row.dataSource ?? null)] : [row.dataSourceId];
    if (!isRaw) return [row.timestamp, ...source, row.count, ...values];
    const metadata = row.metadata === null ? null : JSON.stringify(row.metadata);
    return [row._id, row.timestamp, ...source, ...values, metadata];
  }

  private counted(text: string): string {
    this.bytes += Buffer.byteLength(text);
    if (this.bytes <= this.limitBytes) return text;
    throw tooLarge(this.limitBytes, Math.max(1, Math.floor((this.rows * this.limitBytes) / this.bytes)));
  }
}

function plain(cell: Value | null): Value | null {
  return cell;
}

/** `temperature`, or `temperature.min` and `temperature.max`. */
function cellsOf({ values }: QueryRow): [string, Value | null][] {
  const cells: [string, Value | null][] = [];
  for (const [field, value] of Object.entries(values) as [string, Value | Record<string, Value | null> | null][]) {
    if (typeof value !== 'object' || value === null) cells.push([field, value]);
    else for (const [aggregation, one] of Object.entries(value)) cells.push([`${field}.${aggregation}`, one]);
  }
  return cells;
}
