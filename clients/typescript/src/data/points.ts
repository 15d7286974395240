/** A value of a field. */
export type Value = number | string | boolean;

/** A point to store. The server identifies it by its data source, timestamp and metadata. */
export interface Point {
  /** Not needed with a key that is bound to a data source. */
  readonly dataSourceId?: string;
  /** Values by field. A field that is null or undefined is left out. */
  readonly values: Readonly<Record<string, Value | null | undefined>>;
  /** A date, milliseconds since 1970, or an RFC 3339 time with an offset. Default: now */
  readonly timestamp?: Date | number | string;
  /** Distinguishes devices that report through the same data source: up to 20 entries, 2 KB in total. */
  readonly metadata?: Readonly<Record<string, Value | null>> | null;
}

/**
 * A point as JSON, always with a timestamp, so that it is the same point each time it is sent.
 *
 * @throws TypeError for what JSON would change without a word, such as NaN
 */
export function pointJson({ dataSourceId, values, timestamp, metadata }: Point): string {
  return JSON.stringify({ dataSourceId, timestamp: timeOf(timestamp), values: given(values), metadata });
}

function timeOf(timestamp: Point['timestamp']): number | string {
  if (timestamp === undefined || timestamp === null) return Date.now();
  const time = timestamp instanceof Date ? timestamp.getTime() : timestamp;
  if (typeof time === 'number' && !Number.isFinite(time)) throw new TypeError('timestamp is not a valid time');
  return time;
}

function given(values: Point['values']): Record<string, Value> {
  if (typeof values !== 'object' || values === null) throw new TypeError('values must be an object');
  const found: Record<string, Value> = {};
  for (const name of Object.keys(values)) {
    const value = values[name];
    if (value === undefined || value === null) continue;
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new TypeError(`values.${name} must be a finite number`);
    found[name] = value;
  }
  return found;
}
