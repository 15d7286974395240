import { offsetAt } from '../query/time-zones';
import { InfluxQLError } from './influxql-error';
import { kindOf } from './literals';
import type { Expression } from './syntax';

const MILLI = 1_000_000n;
const TIME = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})?$/;

/** The range of a condition in milliseconds, `[from, to)`, and the condition without comparisons of time. */
export interface TimedCondition {
  readonly from?: number;
  readonly to?: number;
  /** The start of the range as aggregates of all points show it: without the rest of a millisecond. */
  readonly shownFrom?: number;
  readonly condition?: Expression;
}

export interface Clock {
  readonly now: number;
  readonly timeZone?: string | undefined;
}

/** Takes the comparisons with `time` out of a condition. InfluxDB intersects them, also those within an `OR`. */
export function timedCondition(where: Expression | undefined, clock: Clock): TimedCondition {
  const bounds = { from: -Infinity, to: Infinity, shownFrom: -Infinity };
  const condition = where && withoutTime(where, bounds, clock);
  const { from, to, shownFrom } = bounds;
  return {
    ...(from > -Infinity && { from, shownFrom }),
    ...(to < Infinity && { to }),
    ...(condition && { condition }),
  };
}

interface Bounds {
  from: number;
  to: number;
  shownFrom: number;
}

function withoutTime(one: Expression, bounds: Bounds, clock: Clock): Expression | undefined {
  if (one.type === 'parentheses') {
    const inner = withoutTime(one.inner, bounds, clock);
    return inner && { type: 'parentheses', inner };
  }
  if (one.type === 'boolean') return one;
  if (one.type !== 'binary') throw new InfluxQLError(`invalid condition expression: ${shownOf(one)}`);
  const { operator, left, right } = one;
  if (operator === 'AND' || operator === 'OR') {
    const [first, second] = [withoutTime(left, bounds, clock), withoutTime(right, bounds, clock)];
    return first && second ? { ...one, left: first, right: second } : (first ?? second);
  }
  if (isTime(left)) narrow(bounds, operator, nanosOf(right, clock));
  else if (isTime(right)) narrow(bounds, MIRRORED[operator] ?? operator, nanosOf(left, clock));
  else return one;
  return undefined;
}

const MIRRORED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** Times between two milliseconds are cut, because stored points have whole ones. */
function narrow(bounds: Bounds, operator: string, nanos: bigint): void {
  const floor = Number(nanos / MILLI) - (nanos < 0n && nanos % MILLI !== 0n ? 1 : 0);
  const isWhole = nanos % MILLI === 0n;
  const atLeast = isWhole ? floor : floor + 1;
  if (operator === '>' || operator === '>=' || operator === '=')
    bounds.shownFrom = Math.max(bounds.shownFrom, Number((operator === '>' ? nanos + 1n : nanos) / MILLI));
  if (operator === '>') bounds.from = Math.max(bounds.from, floor + 1);
  else if (operator === '>=') bounds.from = Math.max(bounds.from, atLeast);
  else if (operator === '<') bounds.to = Math.min(bounds.to, atLeast);
  else if (operator === '<=') bounds.to = Math.min(bounds.to, floor + 1);
  else if (operator === '=') {
    bounds.from = Math.max(bounds.from, atLeast);
    bounds.to = Math.min(bounds.to, floor + 1);
  } else throw new InfluxQLError(`invalid time comparison operator: ${operator}`);
}

function nanosOf(one: Expression, clock: Clock): bigint {
  switch (one.type) {
    case 'integer':
      return one.value;
    case 'number':
      return BigInt(Math.trunc(one.value));
    case 'duration':
      return one.nanos;
    case 'parentheses':
      return nanosOf(one.inner, clock);
    case 'string':
      return BigInt(millisOf(one.value, clock)) * MILLI + fractionOf(one.value);
    case 'call':
      if (one.name === 'now' && one.args.length === 0) return BigInt(clock.now) * MILLI;
      break;
    case 'binary':
      if (one.operator === '+') return nanosOf(one.left, clock) + nanosOf(one.right, clock);
      if (one.operator === '-') return nanosOf(one.left, clock) - nanosOf(one.right, clock);
      if (one.operator === '*') return nanosOf(one.left, clock) * nanosOf(one.right, clock);
  }
  throw new InfluxQLError(`invalid operation: time and ${kindOf(one)} are not compatible`);
}

function millisOf(text: string, { timeZone }: Clock): number {
  const [, year, month, day, hour = 0, minute = 0, second = 0, , zone] = TIME.exec(text) ?? [];
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const wall = date.setUTCHours(Number(hour), Number(minute), Number(second));
  const isDate = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  if (Number.isNaN(wall) || !isDate)
    throw new InfluxQLError(
      /^\d{4}-\d{2}-\d{2}/.test(text)
        ? 'invalid timestamp string'
        : 'invalid operation: time and *influxql.StringLiteral are not compatible',
    );
  if (zone === 'Z') return wall;
  if (zone !== undefined) {
    const [hours, minutes] = zone.slice(1).split(':').map(Number);
    return wall - (zone.startsWith('-') ? -1 : 1) * ((hours ?? 0) * 60 + (minutes ?? 0)) * 60_000;
  }
  if (timeZone === undefined) return wall;
  return wall - offsetAt(wall - offsetAt(wall, timeZone), timeZone);
}

function fractionOf(text: string): bigint {
  return BigInt((TIME.exec(text)?.[7] ?? '').padEnd(9, '0'));
}

function isTime(one: Expression): boolean {
  return one.type === 'reference' && one.name.toLowerCase() === 'time';
}

function shownOf(one: Expression): string {
  if (one.type === 'reference') return one.name;
  if (one.type === 'call') return `${one.name}()`;
  if (one.type === 'string') return `'${one.value.slice(0, 100)}'`;
  if (one.type === 'number' || one.type === 'integer') return String(one.value);
  return one.type;
}
