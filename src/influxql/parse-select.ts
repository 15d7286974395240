import { isTimeZone } from '../query/time-zones';
import { InfluxQLError } from './influxql-error';
import { ExpressionParser } from './expressions';
import { parseFrom, parseOrder, parsePage, parseWhere } from './parse-clauses';
import type { Expression, FillOption, SelectedField, SelectStatement } from './syntax';
import type { TokenReader } from './token-reader';

const MOST_FIELDS = 1000;

/** `SELECT …`, after the word. */
export function parseSelect(reader: TokenReader): SelectStatement {
  const expressions = new ExpressionParser(reader);
  const fields = parseFields(reader, expressions);
  if (reader.isNext('INTO')) throw new InfluxQLError('error parsing query: SELECT INTO is not supported');
  reader.require('FROM');
  const from = parseFrom(reader);
  const where = parseWhere(reader);
  const grouping = parseGroupBy(reader, expressions);
  const fill = parseFill(reader);
  const isDescending = parseOrder(reader);
  const page = parsePage(reader);
  const timeZone = parseZone(reader);
  return {
    kind: 'select',
    fields,
    from,
    ...(where && { where }),
    ...grouping,
    fill,
    isDescending,
    ...page,
    ...timeZone,
  };
}

function parseFields(reader: TokenReader, expressions: ExpressionParser): SelectedField[] {
  const fields: SelectedField[] = [];
  do {
    if (fields.length === MOST_FIELDS)
      throw new InfluxQLError(`error parsing query: more than ${MOST_FIELDS} fields in SELECT`);
    const expression = expressions.parse();
    fields.push(reader.take('AS') ? { expression, alias: reader.name() } : { expression });
  } while (reader.take(','));
  return fields;
}

type Grouping = Pick<SelectStatement, 'groupByTime' | 'groupByTags' | 'groupsByAllTags'>;

function parseGroupBy(reader: TokenReader, expressions: ExpressionParser): Grouping {
  const tags: SelectStatement['groupByTags'][number][] = [];
  const grouping = { groupByTags: tags, groupsByAllTags: false };
  if (!reader.take('GROUP')) return grouping;
  reader.require('BY');
  let time: Pick<Grouping, 'groupByTime'> = {};
  do {
    const one = expressions.parse();
    if (one.type === 'wildcard' && one.only !== 'field') grouping.groupsByAllTags = true;
    else if (one.type === 'regex') tags.push(one.regex);
    else if (one.type === 'reference' && one.name.toLowerCase() !== 'time') tags.push(one.name);
    else if (one.type !== 'call')
      throw new InfluxQLError(isTime(one) ? TIME_IS_A_FUNCTION : 'only time and tag dimensions allowed');
    else if (time.groupByTime) throw new InfluxQLError('multiple time dimensions not allowed');
    else time = { groupByTime: timeGroupOf(one) };
  } while (reader.take(','));
  return { ...grouping, ...time };
}

const TIME_IS_A_FUNCTION = 'time() is a function and expects at least one argument';
const isTime = (one: Expression) => one.type === 'reference';

function timeGroupOf({ name, args }: Extract<Expression, { type: 'call' }>): SelectStatement['groupByTime'] {
  if (name !== 'time') throw new InfluxQLError('only time() calls allowed in dimensions');
  const [every, offset, ...others] = args;
  if (!every || others.length > 0) throw new InfluxQLError('time dimension expected 1 or 2 arguments');
  if (every.type !== 'duration') throw new InfluxQLError('time dimension must have duration argument');
  if (every.nanos <= 0n) throw new InfluxQLError('time dimension must have a positive duration');
  if (offset && offset.type !== 'duration') throw new InfluxQLError('time dimension offset must be duration or now()');
  return { everyNanos: every.nanos, offsetNanos: offset?.nanos ?? 0n };
}

function parseFill(reader: TokenReader): FillOption {
  const token = reader.peek;
  if (token.kind !== 'name' || token.text.toLowerCase() !== 'fill') return 'null';
  reader.next();
  if (!reader.isAdjacent('(', token)) throw new InfluxQLError('error parsing query: fill must be a function call');
  reader.require('(');
  if (reader.isNext(')'))
    throw new InfluxQLError('error parsing query: fill requires an argument, e.g.: 0, null, none, previous, linear');
  const value = new ExpressionParser(reader).parse();
  reader.require(')');
  if (value.type === 'reference' && ['null', 'none', 'previous', 'linear'].includes(value.name))
    return value.name as FillOption;
  if (value.type === 'integer' || value.type === 'number') return Number(value.value);
  throw new InfluxQLError('error parsing query: expected number argument in fill()');
}

function parseZone(reader: TokenReader): Pick<SelectStatement, 'timeZone'> {
  const token = reader.peek;
  if (token.kind !== 'name' || token.text.toLowerCase() !== 'tz') return {};
  reader.next();
  if (!reader.isAdjacent('(', token)) throw new InfluxQLError('error parsing query: tz must be a function call');
  reader.require('(');
  if (reader.isNext(')')) throw new InfluxQLError('error parsing query: tz requires exactly one argument');
  const timeZone = reader.string(() => new InfluxQLError('error parsing query: expected string argument in tz()'));
  reader.require(')');
  if (!isTimeZone(timeZone))
    throw new InfluxQLError(`error parsing query: unable to find time zone ${timeZone.slice(0, 100)}`);
  return { timeZone };
}
