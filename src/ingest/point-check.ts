import { canonicalJson } from '../common/canonical-json';
import type { Refusal } from '../common/errors';
import { isObject } from '../common/validation/fields';
import { isId } from '../common/ids';
import { hintFor } from '../common/nearest';
import { containsKey } from '../common/whole-keys';
import { COLUMN_SLOTS, type Field, type Schema } from '../sources/schema';
import type { PackedPoint, Value } from '../points/values';
import { FIELD_UNKNOWN } from '../sources/sources.errors';
import { METADATA_INVALID } from '../points/points.errors';
import * as errors from './ingest.errors';
import { POINT_PROPERTIES, PointError, pointError, requiredMissing, unknownProperty } from './point-error';
import { readTimestamp, unitOf, type TimeUnit } from './point-time';

const DAY_MILLIS = 86_400_000;
const LONGEST_TEXT = 1000;
/** The longest text of a request that merges, in characters: 64 KiB of ASCII, as in InfluxDB. */
const LONGEST_MERGED_TEXT = 65_536;
const MAX_ENTRIES = 20;
const MAX_METADATA_BYTES = 2048;

/** A point from a request, checked except for its values. */
export interface SentPoint {
  /** The index of the point in its request. */
  readonly index: number;
  readonly dataSourceId: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly at: number;
  /** Canonical JSON, or null for none. */
  readonly metadata: string | null;
}

/**
 * Reads the points of one request, without checking their values. Caches ids and metadata that repeat.
 *
 * @param nowMillis the default time
 * @param ownSourceId the default data source
 * @param unit the unit of numeric timestamps
 */
export function pointReader(
  nowMillis: number,
  ownSourceId: string | null = null,
  unit: TimeUnit = unitOf(),
): (sent: unknown, index: number) => SentPoint | PointError {
  const metadataRead = new Map<string, string | null | PointError>();
  const latest = nowMillis + DAY_MILLIS;
  let sentId: string | undefined;
  let id = '';
  const isSourceId = (value: unknown): boolean => {
    if (typeof value === 'string' && value === sentId) return true;
    if (!isId(value)) return false;
    sentId = value;
    id = value.toLowerCase();
    return true;
  };
  const readMetadata = (metadata: unknown): string | null | PointError => {
    const cacheKey = cacheKeyOf(metadata);
    let read = cacheKey === undefined ? metadataText(metadata) : metadataRead.get(cacheKey);
    if (read === undefined) metadataRead.set(cacheKey ?? '', (read = metadataText(metadata)));
    return read;
  };
  return (sent, index) => {
    if (!isObject(sent)) return pointError(errors.POINT_NOT_OBJECT);
    const { dataSourceId, values, timestamp, metadata } = sent;
    if (!isSourceId(dataSourceId ?? ownSourceId)) return pointError(errors.SOURCE_ID_INVALID, 'dataSourceId');
    if (!isObject(values)) return pointError(errors.VALUES_EMPTY, 'values');
    const at = timestamp === undefined || timestamp === null ? nowMillis : readTimestamp(timestamp, unit);
    if (typeof at !== 'number') return pointError(at, 'timestamp');
    if (at > latest) return pointError(errors.TIMESTAMP_AHEAD, 'timestamp');
    const text = metadata === undefined || metadata === null ? null : readMetadata(metadata);
    if (text instanceof PointError) return text;
    for (const name in sent) if (!POINT_PROPERTIES.has(name)) return unknownProperty(name);
    return { index, dataSourceId: id, values, at, metadata: text };
  };
}

/** A cache key that is unique for a flat object; undefined for any other value. */
function cacheKeyOf(metadata: unknown): string | undefined {
  if (!isObject(metadata)) return undefined;
  let text = '';
  let entries = 0;
  for (const name in metadata) {
    const value = metadata[name];
    if (++entries > MAX_ENTRIES) return undefined;
    if (typeof value === 'object' && value !== null) return undefined;
    const shown = String(value);
    text += `${name.length}:${name}${typeof value}${shown.length}:${shown}`;
  }
  return text;
}

/** The longest text value of a request, in characters. */
export function longestTextOf({ merges }: { readonly merges?: boolean }): number {
  return merges ? LONGEST_MERGED_TEXT : LONGEST_TEXT;
}

/** Checks values against a schema. Compiled once and reused for many points. */
export type PointCheck = (sent: SentPoint, longestText?: number) => PackedPoint | PointError;

export function compileCheck(schema: Schema): PointCheck {
  const fields = new Map(schema.map((field) => [field.name, field]));
  const required = schema.filter((field) => field.required).length;
  const errorOf = compileErrors(schema, fields);
  return (sent, longestText = LONGEST_TEXT) => {
    const { values, at } = sent;
    const columns = new Array<number | null>(COLUMN_SLOTS).fill(null);
    let rest: Record<number, Value> | undefined;
    let stored = 0;
    let requiredLeft = required;
    // Only the values that were sent are looked at: a schema may have many more fields.
    for (const name of Object.keys(values)) {
      const field = fields.get(name);
      if (!field) return errorOf(sent, longestText);
      const value = values[name];
      if (value === null) continue;
      const kept = checked(field, value, longestText);
      if (kept === undefined) return errorOf(sent, longestText);
      if (field.required) requiredLeft -= 1;
      stored += 1;
      if (field.slot < COLUMN_SLOTS) columns[field.slot] = Number(kept);
      else (rest ??= {})[field.slot] = kept;
    }
    if (stored === 0 || requiredLeft > 0) return errorOf(sent, longestText);
    return rest
      ? { at, meta: 0, columns, rest: JSON.stringify(rest), others: rest }
      : { at, meta: 0, columns, rest: null };
  };
}

/** The error of a point that does not match the schema: of its first field in the order of the schema, or of an unknown one. */
function compileErrors(
  schema: Schema,
  fields: ReadonlyMap<string, Field>,
): (sent: SentPoint, longestText: number) => PointError {
  const places = new Map(schema.map((field, place) => [field, place]));
  const placeOf = (field: Field) => places.get(field) ?? 0;
  const required = schema.filter((field) => field.required);
  // A batch can have a thousand such points: only the values that were sent are looked at here too.
  return ({ values }, longestText) => {
    const sent = Object.keys(values);
    const wrong = sent.flatMap((name) => {
      const field = fields.get(name);
      const value = values[name] ?? undefined;
      return field && value !== undefined && checked(field, value, longestText) === undefined ? [field] : [];
    });
    const missing = required.filter(({ name }) => !Object.hasOwn(values, name) || (values[name] ?? null) === null);
    const [first] = [...wrong, ...missing].sort((one, other) => placeOf(one) - placeOf(other));
    if (first) {
      const { name } = first;
      return missing.includes(first)
        ? requiredMissing(name)
        : pointError(refusalOf(first, values[name]), 'values', name);
    }
    const unknown = sent.find((name) => !fields.has(name));
    if (unknown === undefined) return pointError(errors.VALUES_EMPTY, 'values');
    return pointError(FIELD_UNKNOWN, 'values', unknown).withSchemaHint(() => hintFor(unknown, [...fields.keys()]));
  };
}

const TYPE_MISMATCH = {
  number: errors.FIELD_NOT_NUMBER,
  string: errors.FIELD_NOT_STRING,
  boolean: errors.FIELD_NOT_BOOLEAN,
};

/** @param sent a bigint for an integer that a number would round */
function refusalOf({ type }: Field, sent: unknown): Refusal {
  if (type === 'number' && typeof sent === 'bigint') return errors.INTEGER_ROUNDED;
  return type === 'string' && typeof sent === 'string' && isStorable(sent) ? errors.FIELD_HAS_KEY : TYPE_MISMATCH[type];
}

function checked({ type }: Field, sent: unknown, longestText: number): Value | undefined {
  // Normalizes -0 to 0, because the databases do not store the sign of zero.
  if (type === 'number') return typeof sent === 'number' && Number.isFinite(sent) ? sent + 0 : undefined;
  if (type === 'boolean') return typeof sent === 'boolean' ? sent : undefined;
  return typeof sent === 'string' && isStorable(sent, longestText) && !containsKey(sent) ? sent : undefined;
}

function isStorable(text: string, longest = LONGEST_TEXT): boolean {
  if (text.length > 2 * longest || !text.isWellFormed() || text.includes('\0')) return false;
  return text.length <= longest || [...text].length <= longest;
}

function metadataText(metadata: unknown): string | null | PointError {
  if (!isObject(metadata)) return pointError(METADATA_INVALID, 'metadata');
  const entries = Object.entries(metadata);
  if (entries.length === 0) return null;
  if (entries.length > MAX_ENTRIES) return pointError(METADATA_INVALID, 'metadata');
  for (const [name, value] of entries) {
    if (typeof value === 'bigint') return pointError(errors.INTEGER_ROUNDED, 'metadata', name);
    const isScalar =
      typeof value === 'boolean' || value === null || (typeof value === 'number' && Number.isFinite(value));
    if (!isStorable(name) || !(isScalar || (typeof value === 'string' && isStorable(value))))
      return pointError(METADATA_INVALID, 'metadata', name);
  }
  // A single entry needs no sorting.
  const text = entries.length === 1 ? JSON.stringify(metadata) : canonicalJson(metadata);
  if (Buffer.byteLength(text) > MAX_METADATA_BYTES) return pointError(errors.METADATA_TOO_LONG, 'metadata');
  return containsKey(text) ? pointError(errors.FIELD_HAS_KEY, 'metadata') : text;
}
