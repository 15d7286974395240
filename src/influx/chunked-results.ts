import type { Cell, Series } from '../influxql/answer';
import { headOf } from './json-results';
import { messageOf, rowText, type StatementResult } from './statement-results';

/** Some rows of a series. */
interface Chunk {
  readonly series: Series;
  readonly rows: readonly (readonly Cell[])[];
  /** Whether the series has more rows. */
  readonly isPartial: boolean;
}

/** The answer as InfluxDB sends it with `chunked=true`: one JSON document per line, each with up to `chunkRows` rows of one series. */
export async function* chunkedResults(
  results: Iterable<StatementResult>,
  chunkRows: number,
): AsyncGenerator<string, void, undefined> {
  let count = 0;
  for (const result of results) {
    count += 1;
    if (yield* chunksText(result, chunkRows)) return;
  }
  if (count === 0) yield '{}\n';
}

/** @returns whether the statement failed */
async function* chunksText(result: StatementResult, chunkRows: number): AsyncGenerator<string, boolean> {
  const line = (rest: string) => `{"results":[{"statement_id":${result.id}${rest}}]}\n`;
  let before: Chunk | undefined;
  try {
    for await (const chunk of chunksOf(result.series, chunkRows)) {
      if (before) yield line(`${seriesText(before, result)},"partial":true`);
      before = chunk;
    }
  } catch (cause) {
    const message = messageOf(cause);
    if (before) yield line(`${seriesText(before, result)},"partial":true`);
    yield line(`,"error":${JSON.stringify(message)}`);
    return true;
  }
  yield line(before ? seriesText(before, result) : '');
  return false;
}

function seriesText({ series, rows, isPartial }: Chunk, { showTime }: StatementResult): string {
  const values = rows.map((row) => rowText(row, series, showTime)).join(',');
  const shown = rows.length === 0 ? '' : `,"values":[${values}]`;
  return `,"series":[${headOf(series)}${shown}${isPartial ? ',"partial":true' : ''}}]`;
}

async function* chunksOf(all: AsyncIterable<Series>, chunkRows: number): AsyncGenerator<Chunk> {
  for await (const series of all) {
    let rows: (readonly Cell[])[] = [];
    for await (const page of series.pages)
      for (const row of page) {
        if (rows.length === chunkRows) {
          yield { series, rows, isPartial: true };
          rows = [];
        }
        rows.push(row);
      }
    yield { series, rows, isPartial: false };
  }
}
