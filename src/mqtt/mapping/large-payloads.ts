import { randomUUID } from 'node:crypto';
import { ApiError, BODY_HAS_TOO_MANY_VALUES, BODY_TOO_DEEP } from '../../common/errors';
import { parseJson, type JsonRules, type RunPiece } from '../../common/http/json-body';
import { MAX_LEVELS, MAX_VALUES, MAX_VALUES_OF_ITEM } from '../../common/http/json-scan';
import { canBeLines, linePointsInTurns } from './line-points';
import type { ArrivedMessage, JsonPayload } from './mapped-message';
import { NOT_JSON } from './payloads';

/** Larger payloads are parsed in pieces. */
export const MAX_PAYLOAD_AT_ONCE = 16_384;
const OPENING = /^\s*([[{])/;
const SPACES_AT_MOST = 64;
/** The property of a list, which is only cut into pieces as one. Random, so that no payload adds to it. */
const LIST = randomUUID();
const LIST_BEFORE = Buffer.from(`{"${LIST}":`);
const LIST_AFTER = Buffer.from('}');
const RULES: JsonRules = { parse: (text) => JSON.parse(text) as unknown, refusesHarm: false };
const TOO_COSTLY = `The payload is nested too deeply or has too many values: up to ${MAX_LEVELS} levels, ${MAX_VALUES} values, and ${MAX_VALUES_OF_ITEM} outside of a list or in one item of it`;

/** Parses a payload in pieces, as far as its form takes long to parse. */
export async function parseInTurns(
  message: ArrivedMessage,
  run: RunPiece,
): Promise<Pick<ArrivedMessage, 'json' | 'lines'>> {
  const { payload } = message;
  const [, bracket] = OPENING.exec(payload.toString('latin1', 0, SPACES_AT_MOST)) ?? [];
  if (bracket !== undefined) return { json: await jsonInTurns(payload, bracket === '[', run) };
  const isLines = await run(() => canBeLines(payload.toString('latin1')));
  return isLines ? { lines: await linePointsInTurns(message, run) } : {};
}

async function jsonInTurns(payload: Buffer, isList: boolean, run: RunPiece): Promise<JsonPayload> {
  const bytes = isList ? Buffer.concat([LIST_BEFORE, payload, LIST_AFTER]) : payload;
  try {
    const value = await parseJson(bytes, run, RULES);
    if (!isList) return { value };
    const properties = Object.entries(value);
    return properties.length === 1 ? { value: properties[0]?.[1] as unknown } : { problem: NOT_JSON };
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause;
    const isCostly = cause.code === BODY_TOO_DEEP.code || cause.code === BODY_HAS_TOO_MANY_VALUES.code;
    return { problem: isCostly ? TOO_COSTLY : NOT_JSON };
  }
}
