import { writeChunk } from './answer-stream';
import type { LeanResponse } from './lean-messages';
import type { Pause } from './pause';
import { answerThenClose, leavesBodyUnread } from './unread-body';

/** What is sent in one write. */
const CHARACTERS_AT_ONCE = 65_536;

/** The rows of a list, and how a client sees one of them. */
export interface List<Row> {
  readonly name: string;
  readonly rows: Iterable<Row>;
  readonly toView: (row: Row) => object;
}

/**
 * Answers `{ "<name>": [ … ], …rest }`. A long list is made and sent a piece at a time, each when the client has taken the
 * last one, so that it is in memory and in the way of other requests in pieces only.
 *
 * @throws CallerGone when the client closes its connection
 */
export async function sendList<Row>(
  response: LeanResponse,
  { name, rows, toView }: List<Row>,
  rest: object,
  pause: Pause,
): Promise<void> {
  let text = `{${JSON.stringify(name)}:[`;
  let separator = '';
  for (const row of rows) {
    text += separator + JSON.stringify(toView(row));
    separator = ',';
    await pause();
    if (text.length < CHARACTERS_AT_ONCE) continue;
    if (!response.headersSent) begin(response);
    await writeChunk(response, text);
    text = '';
  }
  text += `],${JSON.stringify(rest).slice(1)}`;
  if (response.headersSent) response.end(text);
  else if (leavesBodyUnread(response.req)) answerThenClose(response, 200, text);
  else response.sendJson(200, text);
}

function begin(response: LeanResponse): void {
  response.writeHead(200, {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
}
