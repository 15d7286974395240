import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import * as errors from '../errors';
import { ApiError, problemOf, shortName, ValidationError } from '../errors';
import { findHarmfulName } from '../harmful-names';
import { parseExactly } from './exact-integers';
import { MAX_LEVELS, MAX_VALUES, MAX_VALUES_OF_ITEM, scanJson, type Piece, type ScanRefusal } from './json-scan';

/** Smaller bodies, such as a batch of 1000 points with a few fields, are parsed without a scan. */
const SMALL_BYTES = 196_608;
/** Without a match there is no harmful name in the text. An escape may hide one. */
const MAY_DO_HARM = /__proto__|constructor|prototype|\\u/;
/** Ignored, as RFC 8259 §8.1 allows: editors on Windows write it. */
const BYTE_ORDER_MARK = '\uFEFF';
/** Marks a piece that is parsed separately. Random, so that no client can guess it. */
const PLACEHOLDER = `${randomUUID()}:`;

type Path = readonly (string | number)[];

/** How texts are parsed. */
export interface JsonRules {
  readonly parse: (text: string) => unknown;
  /** Whether names that could pollute prototypes are refused. If not, they are own properties. */
  readonly refusesHarm: boolean;
}

const BODY_RULES: JsonRules = { parse: parseExactly, refusesHarm: true };

/** Runs a piece of work after other requests had a turn of the event loop. */
export type RunPiece = <T>(work: () => T) => Promise<T>;

/**
 * Parses a small JSON object synchronously, within about 15 milliseconds for any content. Integers that a number would
 * round become bigints.
 *
 * @throws ApiError 400 unless it is one JSON object in UTF-8 that is not nested too deeply
 * @throws ValidationError for a name that could pollute prototypes
 */
export function parseSmallJson(bytes: Buffer, rules = BODY_RULES): object {
  if (!isUtf8(bytes)) throw new ApiError(errors.BODY_NOT_UTF8);
  return parseWhole(bytes.toString('utf8'), rules, refuseDepth);
}

/**
 * Parses a JSON object piece by piece.
 *
 * @param rules by default, those of a request body
 * @throws what `parseSmallJson` throws, and ApiError 400 for too many values
 */
export async function parseJson(bytes: Buffer, run: RunPiece, rules = BODY_RULES): Promise<object> {
  if (bytes.length <= SMALL_BYTES) return run(() => parseSmallJson(bytes, rules));
  const pieces = await run(() => piecesOf(bytes));
  if (pieces.length === 0) return run(() => parseWhole(bytes.toString('utf8'), rules));
  const lists = new Map<unknown, readonly unknown[]>();
  let mayDoHarm = false;
  for (const [index, { from, to }] of pieces.entries()) {
    const items = await run(() => {
      const text = bytes.toString('utf8', from, to);
      mayDoHarm ||= rules.refusesHarm && MAY_DO_HARM.test(text);
      return parseText(`[${text}]`, rules) as unknown[];
    });
    // Between two commas there must be a value.
    if (items.length === 0) throw new ApiError(errors.BODY_NOT_JSON);
    lists.set(`${PLACEHOLDER}${index}`, items);
  }
  const frame = await run(() => parseWhole(frameOf(bytes, pieces), rules));
  for (const [name, value] of Object.entries(frame)) {
    if (!Array.isArray(value) || !lists.has(value[0])) continue;
    const parts = value.map((placeholder) => lists.get(placeholder) ?? []);
    if (mayDoHarm) await refuseHarmIn(name, parts, run);
    Object.defineProperty(frame, name, { value: parts.flat() });
  }
  return frame;
}

/** @throws ApiError for JSON with too many values or levels */
function piecesOf(bytes: Buffer): readonly Piece[] {
  if (!isUtf8(bytes)) throw new ApiError(errors.BODY_NOT_UTF8);
  const pieces = scanJson(bytes);
  if (typeof pieces === 'string') throw refusalOf(pieces);
  return pieces;
}

function refusalOf(refusal: ScanRefusal): ApiError {
  if (refusal === 'broken') return new ApiError(errors.BODY_NOT_JSON);
  if (refusal === 'deep') return tooDeep();
  const words = { limit: String(MAX_VALUES), part: String(MAX_VALUES_OF_ITEM) };
  return new ApiError(errors.BODY_HAS_TOO_MANY_VALUES, { words });
}

function tooDeep(): ApiError {
  return new ApiError(errors.BODY_TOO_DEEP, { words: { limit: String(MAX_LEVELS) } });
}

function refuseDepth(value: object, level = 1): void {
  if (level > MAX_LEVELS) throw tooDeep();
  if (Array.isArray(value)) {
    for (const inner of value as unknown[])
      if (typeof inner === 'object' && inner !== null) refuseDepth(inner, level + 1);
    return;
  }
  for (const name in value) {
    const inner = value[name as never] as unknown;
    if (typeof inner === 'object' && inner !== null) refuseDepth(inner, level + 1);
  }
}

/** @param checkDepth for text that was not scanned: the search for harmful names is recursive */
function parseWhole(text: string, rules: JsonRules, checkDepth?: (value: object) => void): object {
  const value = parseText(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text, rules);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ApiError(errors.BODY_NOT_OBJECT);
  checkDepth?.(value);
  if (rules.refusesHarm && MAY_DO_HARM.test(text))
    for (const [name, inner] of Object.entries(value)) refuseHarm(inner, [name]);
  return value;
}

function parseText(text: string, { parse }: JsonRules): unknown {
  try {
    return parse(text);
  } catch (cause) {
    throw cause instanceof ApiError ? cause : new ApiError(errors.BODY_NOT_JSON);
  }
}

/** Returns the JSON with a placeholder for each piece. */
function frameOf(bytes: Buffer, pieces: readonly Piece[]): string {
  let text = '';
  let at = 0;
  for (const [index, { from, to }] of pieces.entries()) {
    text += `${bytes.toString('utf8', at, from)}"${PLACEHOLDER}${index}"`;
    at = to;
  }
  return text + bytes.toString('utf8', at);
}

async function refuseHarmIn(name: string, parts: readonly (readonly unknown[])[], run: RunPiece): Promise<void> {
  let before = 0;
  for (const items of parts) {
    const first = before;
    await run(() => items.forEach((item, index) => refuseHarm(item, [name, first + index])));
    before += items.length;
  }
}

/** @throws ValidationError for a name that could pollute prototypes when the value is copied */
function refuseHarm(value: unknown, path: Path): void {
  const harm = findHarmfulName(value);
  if (!harm) return;
  const shown = [...path, ...harm].map((name) => (typeof name === 'string' ? shortName(name) : name));
  throw new ValidationError([problemOf(errors.UNKNOWN_PROPERTY, ['body', ...shown], { name: String(harm.at(-1)) })]);
}
