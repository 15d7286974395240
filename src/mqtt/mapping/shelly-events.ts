import { isObject } from '../../common/validation/fields';
import { flatten } from './flatten';
import { NO_DATA, unusable, type MappedMessage, type MappedPoint } from './mapped-message';
import { seriesOfTopic } from './series-of-topic';

/** The clock of a device that was never set begins in 1970. */
const LEAST_SECONDS = 1_000_000_000;
const DAY_MILLIS = 86_400_000;
const COMPONENT = /^[a-z0-9_]+(:\d+)?$/i;
/** The number of a component is in its name. */
export const NOT_DATA: ReadonlySet<string> = new Set(['id']);

/**
 * The points of a notification of Shelly's second generation: `{ "method": "NotifyStatus", "params": { "ts": …, "switch:0": { … } } }`.
 * Each component is a data source `<prefix>/switch:0`, as is its topic `<prefix>/status/switch:0`.
 */
export function shellyEvents(payload: unknown, prefix: string, nowMillis: number): MappedMessage {
  if (!isObject(payload) || !isObject(payload.params)) return unusable('payload', 'params is missing');
  const { method, params } = payload;
  if (method !== 'NotifyStatus' && method !== 'NotifyFullStatus') return NO_DATA;
  const at = timeOf(params.ts, nowMillis);
  const points = Object.entries(params).flatMap(([component, status]): MappedPoint[] => {
    if (!isObject(status) || !COMPONENT.test(component)) return [];
    const series = seriesOfTopic(`${prefix}/${component}`);
    const values = flatten(status, NOT_DATA);
    if (typeof series === 'string' || Object.keys(values).length === 0) return [];
    return [{ series, values, ...(at !== undefined && { at }) }];
  });
  return { points, problems: [] };
}

function timeOf(seconds: unknown, nowMillis: number): number | undefined {
  if (typeof seconds !== 'number' || seconds < LEAST_SECONDS) return undefined;
  const at = Math.floor(seconds * 1000);
  return at > nowMillis + DAY_MILLIS ? undefined : at;
}
