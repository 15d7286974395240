import { beginJson, CHARACTERS_AT_ONCE, sendWholeJson, writeChunk } from './answer-stream';
import type { LeanResponse } from './lean-messages';
import type { YieldTurn } from './yield';

/** So much is made in a fraction of a millisecond. */
const CHARACTERS_PER_PIECE = 8192;
/** Objects inside of objects that are taken apart: `{ "analytics": { "dataSourceStats": [ … ] } }`. */
const DEEPEST = 2;

/**
 * Answers with the JSON of an object that may be long. It is made and sent a piece at a time, each when the client has
 * taken the last one, so that it is in memory and in the way of other requests in pieces only. A property that is iterable
 * is sent as an array, and its members are asked for as they are sent.
 *
 * @throws CallerGone when the client closes its connection, and whatever an iterable throws. Where that comes before the
 *   first piece is full, nothing was sent
 */
export async function sendPaced(
  response: LeanResponse,
  value: object,
  yieldTurn: YieldTurn,
  status: 200 | 201 = 200,
): Promise<void> {
  let text = '';
  for (const piece of piecesOf(value, DEEPEST)) {
    text += piece;
    await yieldTurn();
    if (text.length < CHARACTERS_AT_ONCE) continue;
    if (!response.headersSent) beginJson(response, status);
    await writeChunk(response, text);
    text = '';
  }
  if (response.headersSent) response.end(text);
  else sendWholeJson(response, text, status);
}

/** The JSON of an object in pieces of some thousand characters, or of one member of an iterable where that is longer. */
function* piecesOf(value: object, deeper: number): Generator<string> {
  let text = '{';
  let separator = '';
  for (const [name, property] of Object.entries(value) as [string, unknown][]) {
    if (property === undefined) continue;
    text += `${separator}${JSON.stringify(name)}:`;
    separator = ',';
    if (isIterable(property)) {
      text += '[';
      let comma = '';
      for (const members of batchesOf(property)) {
        yield text + comma + members;
        text = '';
        comma = ',';
      }
      text += ']';
    } else if (deeper > 0 && typeof property === 'object' && property !== null) {
      yield text;
      yield* piecesOf(property, deeper - 1);
      text = '';
    } else text += JSON.stringify(property);
  }
  yield `${text}}`;
}

/** The JSON of the members of an iterable, several together where they are short: that takes less time. */
function* batchesOf(members: Iterable<unknown>): Generator<string> {
  let batch: unknown[] = [];
  let most = 1;
  for (const member of members) {
    if (batch.push(member) < most) continue;
    const text = jsonOf(batch);
    yield text;
    most = Math.max(1, Math.min(2 * most, Math.floor((CHARACTERS_PER_PIECE * most) / text.length)));
    batch = [];
  }
  if (batch.length > 0) yield jsonOf(batch);
}

function jsonOf(members: readonly unknown[]): string {
  return JSON.stringify(members).slice(1, -1);
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/** Members of an iterable as a client sees them, each made when it is asked for. */
export function* mapped<From, To>(members: Iterable<From>, toView: (member: From) => To): Generator<To> {
  for (const member of members) yield toView(member);
}
