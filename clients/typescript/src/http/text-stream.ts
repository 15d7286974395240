import { ConnectionError } from '../errors';
import type { Watch } from './timing';

/**
 * The text of a response as it comes, in pieces. The watch counts only while the next piece is waited for, not while the caller works.
 * A caller that stops early closes the connection.
 *
 * @throws ConnectionError if the connection breaks before the end; the reason of the watch if it ends the call
 */
export async function* textOf(response: Response, watch: Watch): AsyncGenerator<string, void, undefined> {
  const reader = response.body?.getReader();
  if (!reader) return;
  const decoder = new TextDecoder();
  try {
    for (;;) {
      watch.restart();
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw watch.causeOf(new ConnectionError('The connection broke before the end', { cause }));
      });
      watch.pause();
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    watch.end();
    reader.cancel().catch(() => undefined);
  }
}

/** The lines of a text that comes in pieces, without their line breaks. */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let rest: string[] = [];
  for await (const piece of pieces) {
    const lines = piece.split('\n');
    rest.push(lines.shift() ?? '');
    const last = lines.pop();
    if (last === undefined) continue;
    yield rest.join('');
    yield* lines;
    rest = [last];
  }
  const end = rest.join('');
  if (end !== '') yield end;
}
