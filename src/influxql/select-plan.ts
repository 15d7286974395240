import type { FieldType } from '../sources/schema';
import type { Measurement } from './catalog';
import { columnsOf, type SelectedColumn } from './columns';
import { Compiler, type Evaluate, type Input } from './evaluator';
import { AGGREGATES, isForType, TRANSFORMATIONS } from './functions';
import { InfluxQLError } from './influxql-error';
import type { Expression, SelectStatement } from './syntax';

type Fields = ReadonlyMap<string, FieldType>;

/** The columns of a statement, ready to be computed. */
export interface CompiledSelect {
  readonly inputs: readonly Input[];
  readonly columns: readonly {
    readonly name: string;
    readonly evaluate: () => Evaluate;
    readonly makesRowsIn: (fields: Fields) => boolean;
  }[];
  readonly hasAggregates: boolean;
  readonly stepsBefore: number;
  /** Names in the condition. */
  readonly conditionNames: readonly string[];
}

/** @throws InfluxQLError for columns that InfluxDB refuses too, and functions that are not supported */
export function compileSelect(
  statement: SelectStatement,
  measurements: readonly Measurement[],
  grouped: ReadonlySet<string>,
): CompiledSelect {
  const all = statement.fields.map(({ expression }) => expression);
  if (!all.some(hasVariable)) throw new InfluxQLError('field must contain at least one variable');
  if (all.every((one) => one.type === 'reference' && one.name === 'time'))
    throw new InfluxQLError('at least 1 non-time field must be queried');
  const fields = new Map(measurements.flatMap((one) => [...one.fields]));
  const tags = new Set(measurements.flatMap((one) => [...one.tags]));
  const compiler = new Compiler(statement.groupByTime?.everyNanos);
  // Wildcards of an empty database have no columns, but their functions are checked.
  for (const one of all) requireKnownFunctions(one);
  const columns = columnsOf(statement.fields, { fields, tags, grouped }).map((column) => compiled(column, compiler));
  requireFitting(statement, compiler, all);
  for (const { name, aggregate = '' } of compiler.aggregates) requireType(name, aggregate, fields);
  for (const { name, args } of all.flatMap(callsIn))
    if (args[0]?.type === 'reference') requireType(args[0].name, name, fields);
  const conditionNames = [...new Set(statement.where ? namesIn(statement.where) : [])];
  const { inputs, stepsBefore } = compiler;
  return { inputs, columns, hasAggregates: compiler.aggregates.length > 0, stepsBefore, conditionNames };
}

function compiled({ name, expression }: SelectedColumn, compiler: Compiler): CompiledSelect['columns'][number] {
  const evaluate = compiler.compile(expression);
  const names = [...namesIn(expression)];
  const hasCall = callsIn(expression).length > 0;
  return { name, evaluate, makesRowsIn: (fields) => hasCall || names.some((one) => fields.has(one)) };
}

function requireFitting({ groupByTime }: SelectStatement, compiler: Compiler, all: readonly Expression[]): void {
  const calls = all.flatMap(callsIn);
  const { aggregates, inputs } = compiler;
  const isMixed = aggregates.length > 0 && aggregates.length < inputs.length;
  const isOfOneSelector = calls.length === 1 && AGGREGATES[calls[0]?.name ?? '']?.isSelector === true;
  if (isMixed && calls.length > 1 && calls.every(({ name }) => AGGREGATES[name]?.isSelector))
    throw new InfluxQLError('mixing multiple selector functions with tags or fields is not supported');
  const plain = all.filter((one) => callsIn(one).length === 0 && hasVariable(one));
  if ((isMixed && !isOfOneSelector) || (plain.length > 0 && calls.some(({ name }) => name in TRANSFORMATIONS)))
    throw new InfluxQLError('mixing aggregate and non-aggregate queries is not supported');
  if (!groupByTime || aggregates.length > 0 || inputs.length === 0) return;
  const [first] = calls;
  throw new InfluxQLError(
    first
      ? `aggregate function required inside the call to ${first.name}`
      : 'GROUP BY requires at least one aggregate function',
  );
}

function requireKnownFunctions(one: Expression): void {
  for (const call of callsIn(one)) {
    const [argument] = call.args;
    if (argument && (argument.type === 'wildcard' || argument.type === 'regex'))
      new Compiler(1n).compile({ ...call, args: [{ type: 'reference', name: 'any' }, ...call.args.slice(1)] });
  }
}

function requireType(name: string, aggregate: string, fields: Fields): void {
  const type = fields.get(name);
  if (type === undefined || isForType(aggregate, type)) return;
  throw new InfluxQLError(
    `unsupported ${aggregate.replaceAll('_', ' ')} iterator type: *query.${type}InterruptIterator`,
  );
}

/** The outer calls of an expression. */
function callsIn(one: Expression): Extract<Expression, { type: 'call' }>[] {
  if (one.type === 'call') return [one];
  if (one.type === 'parentheses') return callsIn(one.inner);
  return one.type === 'binary' ? [...callsIn(one.left), ...callsIn(one.right)] : [];
}

function namesIn(one: Expression): string[] {
  if (one.type === 'reference') return one.cast === 'tag' ? [] : [one.name];
  if (one.type === 'call') return one.args.flatMap(namesIn);
  if (one.type === 'parentheses') return namesIn(one.inner);
  return one.type === 'binary' ? [...namesIn(one.left), ...namesIn(one.right)] : [];
}

function hasVariable(one: Expression): boolean {
  if (one.type === 'parentheses') return hasVariable(one.inner);
  if (one.type === 'binary') return hasVariable(one.left) || hasVariable(one.right);
  return one.type === 'reference' || one.type === 'call' || one.type === 'wildcard' || one.type === 'regex';
}
