import { ApiError } from '../common/errors';
import { beginJson, CHARACTERS_AT_ONCE, endChunks, sendWholeJson, writeChunk } from '../common/http/answer-stream';
import type { LeanResponse } from '../common/http/lean-messages';
import { ANSWER_TOO_LARGE } from './query.errors';
import type { PageEnd, QueryAnswer, RowSource } from './query-answer';

/**
 * Streams an answer as JSON while its rows are computed. A small answer is sent in one write, with a Content-Length.
 *
 * @throws ApiError `ANSWER_TOO_LARGE`, before anything is sent if the size of the first rows predicts it
 * @throws CallerGone when the client closes its connection
 */
export async function sendJsonAnswer(response: LeanResponse, answer: QueryAnswer, limitBytes: number): Promise<void> {
  const first = new JsonPieces(answer, limitBytes);
  const piece = await first.next();
  if (piece === undefined || first.isComplete) return sendWholeJson(response, piece ?? '');
  if (!first.mayBeTooLarge) return sendPieces(response, first, piece);
  // Computes the whole answer once without sending it, so that a client does not get a truncated answer.
  while ((await first.next()) !== undefined);
  const again = new JsonPieces(answer, limitBytes);
  return sendPieces(response, again, (await again.next()) ?? '');
}

async function sendPieces(response: LeanResponse, pieces: JsonPieces, first: string): Promise<void> {
  beginJson(response);
  for (let piece: string | undefined = first; piece !== undefined; piece = await pieces.next())
    await writeChunk(response, piece);
  return endChunks(response);
}

/** The JSON of an answer in pieces, computed on demand. */
class JsonPieces {
  isComplete = false;
  private readonly source: RowSource;
  private count = 0;
  private bytes = 0;
  private text = '{"data":[';

  constructor(
    private readonly answer: QueryAnswer,
    private readonly limitBytes: number,
  ) {
    this.source = answer.rows();
  }

  /** Whether the answer would use more than half of the limit if all rows were as large as those so far. */
  get mayBeTooLarge(): boolean {
    return (this.bytes / this.count) * this.answer.maxRows > this.limitBytes / 2;
  }

  /** @throws ApiError `ANSWER_TOO_LARGE` as soon as the limit is exceeded */
  async next(): Promise<string | undefined> {
    while (!this.isComplete && this.text.length < CHARACTERS_AT_ONCE) {
      const { done, value } = await this.source.next();
      if (done) {
        this.text += closing(this.answer, this.count, value);
        this.isComplete = true;
      } else if (value.length > 0) {
        this.text += (this.count === 0 ? '' : ',') + JSON.stringify(value).slice(1, -1);
        this.count += value.length;
      }
    }
    return this.text === '' ? undefined : this.take();
  }

  private take(): string {
    const { text } = this;
    this.text = '';
    this.bytes += Buffer.byteLength(text);
    if (this.bytes <= this.limitBytes) return text;
    const fitting = Math.max(1, Math.floor((this.count * this.limitBytes) / this.bytes));
    throw tooLarge(this.limitBytes, fitting);
  }
}

/** The end of the JSON of an answer: its `metadata`, after the last item of `data`. */
export function closing({ about }: QueryAnswer, count: number, { hasMore, nextCursor, overflow }: PageEnd): string {
  if (!about) return ']}';
  const { downsamplingApplied, ...grouping } = about;
  const metadata = {
    count,
    hasMore,
    downsamplingApplied,
    ...grouping,
    ...(nextCursor !== undefined && { nextCursor }),
    ...(overflow && { overflow }),
  };
  return `],"metadata":${JSON.stringify(metadata)}}`;
}

/** The error for an answer of which only the first `rows` rows fit. */
export function tooLarge(limitBytes: number, rows: number): ApiError {
  return new ApiError(ANSWER_TOO_LARGE, { words: { answerBytes: String(limitBytes), rows: String(rows) } });
}
