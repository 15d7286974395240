import { shortName } from '../../common/errors';
import { isObject } from '../../common/validation/fields';
import type { NamedSeries } from '../../ingest/line-protocol/written-lines';
import { pointReader } from '../../ingest/point-check';
import { PointError } from '../../ingest/point-error';
import { VALUES_EMPTY } from '../../ingest/ingest.errors';
import { isFieldName } from './flatten';
import type { MappedMessage, MappedPoint, Unusable, Values } from './mapped-message';

/** Stands for "the data source of the topic" where a point names none. */
const OF_TOPIC = '0'.repeat(24);
/** As in a batch over HTTP. */
export const MAX_POINTS = 1000;

/** Whether a payload is a point in the form of `POST /api/data`. */
export function isOwnPoint(payload: unknown): payload is object {
  return isObject(payload) && isObject(payload.values);
}

/** The points of a payload in the form of `POST /api/data`, each of which may name a data source. */
export function ownPoints(points: readonly unknown[], series: NamedSeries, nowMillis: number): MappedMessage {
  const problems: Unusable[] = [];
  if (points.length > MAX_POINTS) {
    const sentence = `A message may have up to ${MAX_POINTS} points`;
    return { points: [], problems: [{ fault: 'payload', sentence }] };
  }
  const read = pointReader(nowMillis, OF_TOPIC);
  const mapped = points.flatMap((sent, index): MappedPoint[] => {
    const refuse = (sentence: string) => {
      problems.push({ fault: 'payload', sentence: points.length > 1 ? `point ${index}: ${sentence}` : sentence });
      return [];
    };
    const point = read(sent, index);
    if (point instanceof PointError) return refuse(point.message);
    const { dataSourceId, at, metadata } = point;
    const isNamed = dataSourceId !== OF_TOPIC;
    const values = isNamed ? point.values : newValues(point.values);
    if (typeof values === 'string') return refuse(values);
    const hasTime = isObject(sent) && sent.timestamp !== undefined && sent.timestamp !== null;
    return [{ series, values, metadata, ...(hasTime && { at }), ...(isNamed && { dataSourceId }) }];
  });
  return { points: mapped, problems };
}

/** The values of a data source whose fields are added as they come, without nulls, or why there can be no such field. */
function newValues(sent: Readonly<Record<string, unknown>>): Values | string {
  const values: Values = {};
  for (const [name, value] of Object.entries(sent)) {
    if (value === null) continue;
    if (!isFieldName(name)) return `values has a name that no field can have: ${shortName(name)}`;
    if (
      typeof value !== 'string' &&
      typeof value !== 'boolean' &&
      !(typeof value === 'number' && Number.isFinite(value))
    )
      return `values.${shortName(name)} must be a number, a string, true or false`;
    values[name] = value;
  }
  return Object.keys(values).length === 0 ? VALUES_EMPTY.message : values;
}
