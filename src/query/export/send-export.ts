import { beginEncoding } from '../../common/http/compression/encoded-answers';
import { CHARACTERS_AT_ONCE, endChunks, writeChunk } from '../../common/http/answer-stream';
import { attach, fileNameOf } from '../../common/http/csv-answer';
import type { LeanResponse } from '../../common/http/lean-messages';
import { ApiError } from '../../common/errors';
import { closing } from '../json-answer';
import { CSV_TOO_WIDE } from '../query.errors';
import { MAX_COLUMNS } from '../query-csv';
import { isoTime, type PageEnd, type QueryAnswer, type QueryRow } from '../query-answer';
import { timesIn } from '../zoned-times';
import { CsvTable, type CsvStyle } from './csv-table';
import { EXPORT_TYPES, type ExportFormat, type MetadataForm } from './export.dto';

const BYTE_ORDER_MARK = '\uFEFF';

export interface ExportOptions extends CsvStyle {
  readonly format: ExportFormat;
  readonly bom: boolean;
  readonly metadataAs: MetadataForm;
  /** The time zone of the times. Default: UTC. */
  readonly zone: string | undefined;
  /** Whether only the headers are asked for (RFC 9110 §9.3.2). */
  readonly isHead: boolean;
}

/** How rows become text. */
interface Writer {
  readonly before: string;
  rows(rows: readonly QueryRow[], isFirst: boolean): string;
  after(end: PageEnd, count: number): string;
}

/**
 * Streams all rows of an answer, without a limit of rows or bytes. Memory is used for two batches of rows: the next but
 * one is read when the client has taken the last.
 *
 * @throws ApiError `CSV_TOO_WIDE`, before anything is sent
 * @throws CallerGone when the client closes its connection
 */
export async function sendExport(response: LeanResponse, answer: QueryAnswer, options: ExportOptions): Promise<void> {
  const { format, zone, isHead } = options;
  const writer = format === 'csv' ? await csvWriter(answer, options) : jsonWriters[format](answer);
  const source = answer.rows(zone === undefined ? isoTime : timesIn(zone));
  let text = writer.before;
  let count = 0;
  // The next rows are read while the client takes the last ones.
  let sent: Promise<void> = Promise.resolve();
  for (;;) {
    // The first rows are read before the headers are sent, so that an error can still be the response.
    const next = isHead ? HEAD_END : await source.next();
    if (!response.headersSent) begin(response, answer, format);
    if (next.done) {
      await sent;
      return endChunks(response, isHead ? '' : text + writer.after(next.value, count));
    }
    if (next.value.length > 0) text += writer.rows(next.value, count === 0);
    count += next.value.length;
    if (text.length < CHARACTERS_AT_ONCE) continue;
    await sent;
    sent = writeChunk(response, text);
    // It is awaited before the next one. Until then a failure is not unhandled.
    sent.catch(() => undefined);
    text = '';
  }
}

const HEAD_END = { done: true, value: { hasMore: false } } as const;

function begin(response: LeanResponse, { title }: QueryAnswer, format: ExportFormat): void {
  attach(response, `${fileNameOf(title)}.${format}`);
  beginEncoding(response);
  response.writeHead(200, {
    'Content-Type': `${EXPORT_TYPES[format]}; charset=utf-8${format === 'csv' ? '; header=present' : ''}`,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
}

async function csvWriter(answer: QueryAnswer, { bom, metadataAs, ...style }: ExportOptions): Promise<Writer> {
  const metadata = metadataAs === 'json' && answer.metadataNames ? 'json' : await answer.metadataNames?.();
  const cells = answer.cells();
  if (cells.length + (metadata?.length ?? 0) > MAX_COLUMNS) throw new ApiError(CSV_TOO_WIDE);
  const table = new CsvTable({ cells, metadata }, style, answer.sourceNames());
  return {
    before: (bom ? BYTE_ORDER_MARK : '') + table.head(),
    rows: (rows) => table.lines(rows),
    after: () => '',
  };
}

const jsonWriters: Readonly<Record<Exclude<ExportFormat, 'csv'>, (answer: QueryAnswer) => Writer>> = {
  ndjson: () => ({
    before: '',
    rows: (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
    after: () => '',
  }),
  json: (answer) => ({
    before: '{"data":[',
    rows: (rows, isFirst) => (isFirst ? '' : ',') + JSON.stringify(rows).slice(1, -1),
    after: (end, count) => closing(answer, count, end),
  }),
};
