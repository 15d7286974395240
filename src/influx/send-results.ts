import { beginEncoding } from '../common/http/compression/encoded-answers';
import { CHARACTERS_AT_ONCE, endChunks, writeChunk } from '../common/http/answer-stream';
import type { LeanResponse } from '../common/http/lean-messages';
import type { YieldTurn } from '../common/http/yield';

/**
 * Sends an answer while it is made, with back-pressure.
 *
 * @throws CallerGone when the client closes its connection
 */
export async function sendResults(
  response: LeanResponse,
  pieces: AsyncIterable<string>,
  contentType: string,
  yieldTurn: YieldTurn,
): Promise<void> {
  let text = '';
  for await (const piece of pieces) {
    text += piece;
    await yieldTurn();
    if (text.length < CHARACTERS_AT_ONCE) continue;
    if (!response.headersSent) begin(response, contentType);
    await writeChunk(response, text);
    text = '';
  }
  if (!response.headersSent) begin(response, contentType);
  return endChunks(response, text);
}

function begin(response: LeanResponse, contentType: string): void {
  beginEncoding(response);
  response.writeHead(200, {
    'Content-Type': contentType,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
}
