import type { Value } from '../points/values';
import { arithmetic } from './arithmetic';
import type { SafeRegex } from './safe-regex';
import type { Expression } from './syntax';

export type Values = Readonly<Record<string, Value | undefined>>;
/** Whether a point matches, or for all points of a series whether they do. */
export type Filter = boolean | ((values: Values) => boolean);

/** What names mean in the conditions of one series. */
export interface NamesOf {
  readonly isField: (name: string) => boolean;
  readonly tags: Readonly<Record<string, string>>;
}

type Operand = { readonly value: Value | undefined } | { readonly of: (values: Values) => Value | undefined };

/** Compiles a condition for one series: its tags are constants, so that most conditions need no look at points. */
export function filterOf(one: Expression | undefined, names: NamesOf): Filter {
  if (one === undefined) return true;
  if (one.type === 'parentheses') return filterOf(one.inner, names);
  if (one.type === 'boolean') return one.value;
  if (one.type !== 'binary') return false;
  const { operator, left, right } = one;
  if (operator === 'AND' || operator === 'OR') {
    const [first, second] = [filterOf(left, names), filterOf(right, names)];
    const decides = operator === 'OR';
    if (first === decides || second === decides) return decides;
    if (typeof first === 'boolean') return second;
    if (typeof second === 'boolean') return first;
    return decides ? (values) => first(values) || second(values) : (values) => first(values) && second(values);
  }
  const [first, second] = [operandOf(left, names), right.type === 'regex' ? undefined : operandOf(right, names)];
  const regex = right.type === 'regex' ? right.regex : undefined;
  const compare = (one: Value | undefined, other: Value | undefined) => compares(operator, one, regex ?? other);
  if ('value' in first && (!second || 'value' in second)) return compare(first.value, second?.value);
  const [one1, other] = [readerOf(first), second && readerOf(second)];
  return (values) => compare(one1(values), other?.(values));
}

function readerOf(operand: Operand): (values: Values) => Value | undefined {
  return 'of' in operand ? operand.of : () => operand.value;
}

function operandOf(one: Expression, names: NamesOf): Operand {
  switch (one.type) {
    case 'parentheses':
      return operandOf(one.inner, names);
    case 'reference': {
      const { name, cast } = one;
      if (cast === 'tag' || (cast !== 'field' && !names.isField(name)))
        return { value: Object.hasOwn(names.tags, name) ? (names.tags[name] ?? '') : '' };
      return { of: (values) => (Object.hasOwn(values, name) ? values[name] : undefined) };
    }
    case 'integer':
    case 'number':
      return { value: Number(one.value) };
    case 'string':
    case 'boolean':
      return { value: one.value };
    case 'binary': {
      const [left, right] = [operandOf(one.left, names), operandOf(one.right, names)];
      const [first, second] = [readerOf(left), readerOf(right)];
      const of = (values: Values) => arithmetic(one.operator, first(values), second(values)) ?? undefined;
      return 'value' in left && 'value' in right ? { value: of({}) } : { of };
    }
    default:
      return { value: undefined };
  }
}

/** Values of other types, and missing ones, match nothing. */
function compares(operator: string, one: Value | undefined, other: Value | SafeRegex | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  if (typeof other === 'object') {
    if (typeof one !== 'string') return false;
    return operator === '=~' ? other.test(one) : operator === '!~' && !other.test(one);
  }
  if (typeof one !== typeof other) return false;
  if (operator === '=') return one === other;
  if (operator === '!=') return one !== other;
  if (typeof one !== 'number' || typeof other !== 'number') return false;
  if (operator === '<') return one < other;
  if (operator === '<=') return one <= other;
  return operator === '>' ? one > other : operator === '>=' && one >= other;
}
