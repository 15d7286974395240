import { beginJson, CHARACTERS_AT_ONCE, endChunks, sendWholeJson, writeChunk } from './answer-stream';
import type { LeanResponse } from './lean-messages';
import type { YieldTurn } from './yield';

/** Serialized in a fraction of a millisecond. */
const CHARACTERS_PER_PIECE = 8192;
/** Levels of nested objects that are serialized in pieces: `{ "analytics": { "dataSourceStats": [ … ] } }`. */
const MAX_DEPTH = 2;

/**
 * Sends a possibly long object as JSON. It is serialized and sent in pieces, each after the client has read the previous
 * one, so that it neither fills the memory nor blocks other requests. An iterable property is sent as an array, and is
 * iterated while it is sent.
 *
 * @throws CallerGone when the client closes its connection, and any error of an iterable. If that happens before the
 *   first piece is full, nothing was sent
 */
export async function sendPaced(
  response: LeanResponse,
  value: object,
  yieldTurn: YieldTurn,
  status: 200 | 201 = 200,
): Promise<void> {
  let text = '';
  for (const piece of piecesOf(value, MAX_DEPTH)) {
    text += piece;
    await yieldTurn();
    if (text.length < CHARACTERS_AT_ONCE) continue;
    if (!response.headersSent) beginJson(response, status);
    await writeChunk(response, text);
    text = '';
  }
  if (response.headersSent) await endChunks(response, text);
  else sendWholeJson(response, text, status);
}

/** The JSON of an object in pieces of several thousand characters, or of one longer member of an iterable. */
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

/** The JSON of the members of an iterable, several short ones at once, which is faster. */
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

/** Maps an iterable lazily, for example entities to their API representation. */
export function* mapped<From, To>(members: Iterable<From>, toView: (member: From) => To): Generator<To> {
  for (const member of members) yield toView(member);
}
