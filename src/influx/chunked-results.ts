import type { Series } from '../influxql/answer';
import { headOf } from './json-results';
import { messageOf, rowText, type StatementResult } from './statement-results';

/**
 * The answer as InfluxDB sends it with `chunked=true`: one JSON document per line, each with up to `chunkRows` rows of one series. It
 * comes in pieces, so that a chunk of any size takes no memory.
 */
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
  const begin = `{"results":[{"statement_id":${result.id}`;
  let chunk: OpenChunk | undefined;
  try {
    for await (const series of result.series) {
      yield (chunk?.end({ hasMoreRows: false, isLast: false }) ?? '') + begin;
      chunk = new OpenChunk(series);
      for await (const page of series.pages) {
        let text = '';
        for (const row of page) {
          if (chunk.rows === chunkRows) {
            text += chunk.end({ hasMoreRows: true, isLast: false }) + begin;
            chunk = new OpenChunk(series);
          }
          text += chunk.add(rowText(row, series, result.showTime));
        }
        if (text !== '') yield text;
      }
      chunk.isComplete = true;
    }
  } catch (cause) {
    const message = messageOf(cause);
    if (chunk) yield chunk.end({ hasMoreRows: !chunk.isComplete, isLast: false });
    yield `${begin},"error":${JSON.stringify(message)}}]}\n`;
    return true;
  }
  yield chunk ? chunk.end({ hasMoreRows: false, isLast: true }) : `${begin}}]}\n`;
  return false;
}

/** A chunk that is being sent. */
class OpenChunk {
  rows = 0;
  /** Whether all rows of the series were read. */
  isComplete = false;
  private begin: string;

  constructor(series: Series) {
    this.begin = `,"series":[${headOf(series)}`;
  }

  /** What precedes a row and the row. */
  add(row: string): string {
    this.rows += 1;
    return (this.rows === 1 ? `${this.begin},"values":[` : ',') + row;
  }

  /**
   * @param hasMoreRows whether the series continues in another chunk
   * @param isLast whether this is the last chunk of the statement
   */
  end({ hasMoreRows, isLast }: { readonly hasMoreRows: boolean; readonly isLast: boolean }): string {
    const rows = this.rows === 0 ? this.begin : ']';
    return `${rows}${hasMoreRows ? ',"partial":true' : ''}}]${isLast ? '' : ',"partial":true'}}]}\n`;
  }
}
