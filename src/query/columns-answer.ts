import { ApiError } from '../common/errors';
import { beginJson, CHARACTERS_AT_ONCE, endChunks, sendWholeJson, writeChunk } from '../common/http/answer-stream';
import type { LeanResponse } from '../common/http/lean-messages';
import type { YieldTurn } from '../common/http/yield';
import { closing, tooLarge } from './json-answer';
import { TOO_MANY_SERIES } from './query.errors';
import type { QueryAnswer } from './query-answer';
import { SourceColumns, type ColumnsSize } from './source-columns';

/** The most bytes of an answer in columns. Its rows come in order of time, so all of it is in memory until it is sent. */
export const MAX_COLUMNS_BYTES = 16_777_216;
/** The most columns of an answer, of all data sources together: each one takes some memory besides its values. */
export const MAX_SERIES = 50_000;

const asMillis = (at: number) => at;

/**
 * Sends an answer by column: one entry for each data source with rows, in the order of their first rows.
 *
 * @throws ApiError `ANSWER_TOO_LARGE` or `TOO_MANY_SERIES`, before anything is sent
 * @throws CallerGone when the client closes its connection
 */
export async function sendColumnsAnswer(
  response: LeanResponse,
  answer: QueryAnswer,
  limitBytes: number,
  yieldTurn: YieldTurn,
): Promise<void> {
  const columns = await columnsOf(answer, Math.min(limitBytes, MAX_COLUMNS_BYTES), yieldTurn);
  let text = '';
  for (const piece of columns) {
    text += piece;
    if (text.length < CHARACTERS_AT_ONCE) continue;
    if (!response.headersSent) beginJson(response);
    await writeChunk(response, text);
    text = '';
    await yieldTurn();
  }
  return response.headersSent ? endChunks(response, text) : sendWholeJson(response, text);
}

/** Computes an answer. Returns its JSON in pieces. */
async function columnsOf(answer: QueryAnswer, limitBytes: number, yieldTurn: YieldTurn): Promise<Iterable<string>> {
  const sources = new Map<string, SourceColumns>();
  const size: ColumnsSize = { bytes: 0, series: 0 };
  const requireFitting = () => {
    if (size.series > MAX_SERIES) throw new ApiError(TOO_MANY_SERIES);
    if (size.bytes > limitBytes) throw tooLarge(limitBytes, Math.max(1, Math.floor((count * limitBytes) / size.bytes)));
  };
  const rows = answer.rows(asMillis);
  let count = 0;
  for (;;) {
    const next = await rows.next();
    if (next.done) {
      for (const columns of sources.values()) {
        columns.finish();
        requireFitting();
        await yieldTurn();
      }
      return jsonOf(sources.values(), closing(answer, count, next.value));
    }
    for (const row of next.value) {
      let columns = sources.get(row.dataSourceId);
      if (!columns) sources.set(row.dataSourceId, (columns = new SourceColumns(row, size)));
      columns.add(row);
    }
    count += next.value.length;
    requireFitting();
  }
}

function* jsonOf(sources: Iterable<SourceColumns>, end: string): Generator<string> {
  yield '{"data":[';
  let separator = '';
  for (const columns of sources) {
    yield separator;
    yield* columns.json();
    separator = ',';
  }
  yield end;
}
