import type { FieldType } from '../sources/schema';
import { AGGREGATES, isForType, TRANSFORMATIONS } from './functions';
import { InfluxQLError } from './influxql-error';
import type { SafeRegex } from './safe-regex';
import type { Expression, SelectedField } from './syntax';

export const MOST_COLUMNS = 10_000;

/** A column of an answer, without wildcards. */
export interface SelectedColumn {
  readonly name: string;
  readonly expression: Expression;
}

/** The fields and tags that wildcards stand for. */
export interface KnownNames {
  readonly fields: ReadonlyMap<string, FieldType>;
  readonly tags: ReadonlySet<string>;
  /** Tags by which the answer is grouped: `*` leaves them out. */
  readonly grouped: ReadonlySet<string>;
}

/** Replaces wildcards, and names the columns as InfluxDB does. */
export function columnsOf(selected: readonly SelectedField[], known: KnownNames): SelectedColumn[] {
  const columns = selected.flatMap((field) => expand(field, known));
  if (columns.length > MOST_COLUMNS) throw new InfluxQLError(`more than ${MOST_COLUMNS} columns`);
  return withDistinctNames(columns.filter(({ expression }) => !isTime(expression)));
}

const isTime = (one: Expression) => one.type === 'reference' && one.name === 'time';

interface Unnamed {
  readonly expression: Expression;
  readonly alias?: string | undefined;
  readonly isExpanded?: true;
}

function expand({ expression, alias }: SelectedField, known: KnownNames): Unnamed[] {
  if (expression.type === 'wildcard' || expression.type === 'regex')
    return namesFor(expression, known).map((name): Unnamed => ({
      expression: { type: 'reference', name },
      isExpanded: true,
    }));
  const call = outerCall(expression);
  const inner = call && innermost(call);
  const [argument] = inner?.args ?? [];
  if (!inner || (argument?.type !== 'wildcard' && argument?.type !== 'regex')) return [{ expression, alias }];
  if (argument.type === 'wildcard' && argument.only === 'tag')
    throw new InfluxQLError(`unable to use tag wildcard in ${inner.name}()`);
  const fits = (type: FieldType | undefined) => type !== undefined && isForType(inner.name, type);
  const names = namesFor({ ...argument, ...(argument.type === 'wildcard' && { only: 'field' as const }) }, known);
  return names
    .filter((name) => fits(known.fields.get(name)))
    .map((name) => ({
      expression: replaced(expression, inner, {
        ...inner,
        args: [{ type: 'reference', name }, ...inner.args.slice(1)],
      }),
      alias: `${alias ?? nameOf(expression)}_${name}`,
    }));
}

function namesFor(
  one: Extract<Expression, { type: 'wildcard' | 'regex' }>,
  { fields, tags, grouped }: KnownNames,
): string[] {
  const free = [...tags].filter((tag) => !grouped.has(tag));
  const names =
    one.type === 'wildcard' && one.only
      ? one.only === 'field'
        ? [...fields.keys()]
        : free
      : [...fields.keys(), ...free];
  const kept = one.type === 'regex' ? names.filter((name) => one.regex.test(name)) : names;
  return [...new Set(kept)].sort();
}

/** The regular expressions that stand for names: see `SafeRegex.learn`. */
export function regexesIn(selected: readonly SelectedField[]): SafeRegex[] {
  return selected.flatMap(({ expression }) => {
    const call = outerCall(expression);
    const named = call ? innermost(call).args[0] : expression;
    return named?.type === 'regex' ? [named.regex] : [];
  });
}

type Call = Extract<Expression, { type: 'call' }>;

function outerCall(one: Expression): Call | undefined {
  if (one.type === 'call') return one;
  if (one.type === 'parentheses') return outerCall(one.inner);
  return one.type === 'binary' ? (outerCall(one.left) ?? outerCall(one.right)) : undefined;
}

function innermost(call: Call): Call {
  const [argument] = call.args;
  return argument?.type === 'call' && (call.name in TRANSFORMATIONS || call.name in AGGREGATES)
    ? innermost(argument)
    : call;
}

function replaced(one: Expression, before: Expression, after: Expression): Expression {
  if (one === before) return after;
  if (one.type === 'parentheses') return { ...one, inner: replaced(one.inner, before, after) };
  if (one.type === 'call') return { ...one, args: one.args.map((argument) => replaced(argument, before, after)) };
  if (one.type !== 'binary') return one;
  return { ...one, left: replaced(one.left, before, after), right: replaced(one.right, before, after) };
}

function nameOf(one: Expression): string {
  switch (one.type) {
    case 'call':
    case 'reference':
      return one.name;
    case 'parentheses':
      return nameOf(one.inner);
    case 'binary':
      return [nameOf(one.left), nameOf(one.right)].filter((name) => name !== '').join('_');
    default:
      return '';
  }
}

/** Aliases stay. A name that comes again gets a number. */
function withDistinctNames(columns: readonly Unnamed[]): SelectedColumn[] {
  const taken = new Map<string, number>();
  for (const { alias } of columns) if (alias !== undefined) taken.set(alias, 1);
  return columns.map(({ expression, alias }) => {
    if (alias !== undefined) return { name: alias, expression };
    const wanted = nameOf(expression);
    let count = taken.get(wanted) ?? 0;
    let name = count === 0 ? wanted : `${wanted}_${count}`;
    while (count > 0 && taken.has(name)) name = `${wanted}_${++count}`;
    taken.set(wanted, count + 1);
    if (name !== wanted) taken.set(name, 1);
    return { name, expression };
  });
}
