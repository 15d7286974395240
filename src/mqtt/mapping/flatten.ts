import { problemOfField } from '../../ingest/line-protocol/written-lines';
import type { Values } from './mapped-message';

const MAX_DEPTH = 8;
/** A time of day or an epoch in a message without a time zone or unit: the time of arrival is stored. */
const TIMES = new Set(['time', 'timestamp']);
const known = new Map<string, boolean>();
/** More than a data source can have: the message is refused for it, however many there are. */
const ENOUGH_FIELDS = 1001;
/** Names that were checked before. */
export const MAX_KNOWN_NAMES = 4096;

/**
 * The fields of a JSON object. The names of nested objects and the places in arrays are joined by `_`. Nulls, and names that no
 * field can have, are left out.
 *
 * @param leaveOut names of the object itself that are not data
 */
export function flatten(object: object, leaveOut: ReadonlySet<string> = new Set()): Values {
  const flat: Flat = { values: {}, count: 0 };
  for (const [name, value] of Object.entries(object)) {
    if (TIMES.has(name.toLowerCase()) || leaveOut.has(name)) continue;
    add(flat, name, value, 1);
  }
  return flat.values;
}

interface Flat {
  readonly values: Values;
  count: number;
}

function add(flat: Flat, name: string, value: unknown, depth: number): void {
  if (flat.count >= ENOUGH_FIELDS) return;
  if (typeof value === 'object' && value !== null) {
    if (depth >= MAX_DEPTH) return;
    for (const [inner, each] of Object.entries(value)) add(flat, `${name}_${inner}`, each, depth + 1);
    return;
  }
  const isValue = typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number';
  if (!isValue || !isFieldName(name)) return;
  flat.values[name] = value;
  flat.count += 1;
}

/** Whether a field can have this name. */
export function isFieldName(name: string): boolean {
  let isOne = known.get(name);
  if (isOne !== undefined) return isOne;
  isOne = name !== '' && name !== 'time' && problemOfField(name) === undefined;
  if (known.size >= MAX_KNOWN_NAMES) known.clear();
  known.set(name, isOne);
  return isOne;
}
