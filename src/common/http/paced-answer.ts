import { beginJson, CHARACTERS_AT_ONCE, sendWholeJson, writeChunk } from './answer-stream';
import type { LeanResponse } from './lean-messages';
import type { Pause } from './pause';

/** Objects inside of objects that are taken apart: `{ "analytics": { "dataSourceStats": [ … ] } }`. */
const DEEPEST = 2;

/**
 * Answers 200 with the JSON of an object that may be long. It is made and sent a piece at a time, each when the client has
 * taken the last one, so that it is in memory and in the way of other requests in pieces only. A property that is iterable
 * is sent as an array, and its members are asked for as they are sent.
 *
 * @throws CallerGone when the client closes its connection, and whatever an iterable throws. Where that comes before the
 *   first piece is full, nothing was sent
 */
export async function sendPaced(response: LeanResponse, value: object, pause: Pause): Promise<void> {
  let text = '';
  for await (const piece of piecesOf(value, DEEPEST)) {
    text += piece;
    await pause();
    if (text.length < CHARACTERS_AT_ONCE) continue;
    if (!response.headersSent) beginJson(response);
    await writeChunk(response, text);
    text = '';
  }
  if (response.headersSent) response.end(text);
  else sendWholeJson(response, text);
}

/** The JSON of an object: a piece for each small property, and for each member of an iterable one. */
async function* piecesOf(value: object, deeper: number): AsyncGenerator<string> {
  let separator = '{';
  for (const [name, property] of Object.entries(value) as [string, unknown][]) {
    if (property === undefined) continue;
    const start = `${separator}${JSON.stringify(name)}:`;
    separator = ',';
    if (isIterable(property)) {
      yield `${start}[`;
      let comma = '';
      for await (const member of property) {
        yield comma + JSON.stringify(member);
        comma = ',';
      }
      yield ']';
    } else if (deeper > 0 && typeof property === 'object' && property !== null) {
      yield start;
      yield* piecesOf(property, deeper - 1);
    } else yield start + JSON.stringify(property);
  }
  yield separator === '{' ? '{}' : '}';
}

function isIterable(value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);
}

/** Members of an iterable as a client sees them, each made when it is asked for. */
export function* mapped<From, To>(members: Iterable<From>, toView: (member: From) => To): Generator<To> {
  for (const member of members) yield toView(member);
}
