import { isUtf8 } from 'node:buffer';
import { isObject } from '../../common/validation/fields';
import { flatten } from './flatten';
import { canBeLines, linePoints } from './line-points';
import {
  NO_DATA,
  unusable,
  type ArrivedMessage,
  type JsonPayload,
  type MappedMessage,
  type Values,
} from './mapped-message';
import { isOwnPoint, ownPoints } from './own-points';
import { plainValueOf } from './plain-text';
import { seriesOfTopic } from './series-of-topic';

/** The field of a payload that is one value. */
const VALUE = 'value';
const ONLY_POINTS = 'Send dataPoints alone: the key decides the bucket';
/** Why a payload that begins like JSON is not. */
export const NOT_JSON = 'The payload begins like JSON, and is not valid JSON';
const OPENING = /^\s*[[{"]/;

/** Reads a payload by its form: our own points, a JSON object, line protocol with times, or one plain value. */
export function readPayload(message: ArrivedMessage): MappedMessage {
  const { topic, payload } = message;
  if (payload.length === 0) return NO_DATA;
  if (!isUtf8(payload)) return unusable('payload', 'The payload is not text in UTF-8');
  const text = payload.toString('utf8');
  if (OPENING.test(text)) return readJson(message);
  if (canBeLines(text)) {
    const lines = linePoints(message);
    if (lines.problems.length === 0) return lines;
  }
  const value = plainValueOf(text);
  if (value === undefined) return NO_DATA;
  if (typeof value === 'string' && value.includes('\0'))
    return unusable('payload', 'The payload contains a NUL character');
  return pointOf(topic, { [VALUE]: value });
}

/** One point of the data source of a topic. */
export function pointOf(topic: string, values: Values): MappedMessage {
  const series = seriesOfTopic(topic);
  if (typeof series === 'string') return unusable('topic', series);
  return Object.keys(values).length === 0 ? NO_DATA : { points: [{ series, values }], problems: [] };
}

/** The payload as JSON. */
export function jsonOf({ payload, json }: ArrivedMessage): JsonPayload {
  if (json) return json;
  if (!isUtf8(payload)) return { problem: 'The payload is not text in UTF-8' };
  try {
    return { value: JSON.parse(payload.toString('utf8')) as unknown };
  } catch {
    return { problem: NOT_JSON };
  }
}

function readJson(message: ArrivedMessage): MappedMessage {
  const { topic, nowMillis } = message;
  const json = jsonOf(message);
  if ('problem' in json) return unusable('payload', json.problem);
  const { value } = json;
  const series = seriesOfTopic(topic);
  if (typeof series === 'string') return unusable('topic', series);
  if (isOwnPoint(value)) return ownPoints([value], series, nowMillis);
  const many = isObject(value) && Array.isArray(value.dataPoints) ? value.dataPoints : value;
  if (Array.isArray(many)) {
    if (many !== value && Object.keys(value as object).length > 1) return unusable('payload', ONLY_POINTS);
    if (many.length > 0 && many.every(isOwnPoint)) return ownPoints(many, series, nowMillis);
    return unusable('payload', 'An array must consist of points such as {"values":{"temperature":21.5}}');
  }
  if (isObject(value)) return pointOf(topic, flatten(value));
  if (typeof value !== 'string') return NO_DATA;
  const plain = plainValueOf(value);
  return plain === undefined ? NO_DATA : pointOf(topic, { [VALUE]: plain });
}
