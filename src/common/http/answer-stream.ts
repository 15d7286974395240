import { CallerGone } from './pause';
import type { LeanResponse } from './lean-messages';

/**
 * Writes one piece of an answer, and resolves when the client has taken enough of it for the next piece to be made.
 *
 * @throws CallerGone when the client closes its connection
 */
export function writeChunk(response: LeanResponse, chunk: string | Buffer): Promise<void> {
  if (response.closed || response.destroyed) return Promise.reject(new CallerGone());
  if (response.write(chunk)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const settle = (outcome: () => void) => {
      response.off('drain', drained).off('close', closed);
      outcome();
    };
    const drained = () => settle(resolve);
    const closed = () => settle(() => reject(new CallerGone()));
    response.on('drain', drained).on('close', closed);
  });
}
