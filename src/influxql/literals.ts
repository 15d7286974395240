import type { Expression } from './syntax';

const KINDS: Readonly<Record<Expression['type'], string>> = {
  binary: 'BinaryExpr',
  boolean: 'BooleanLiteral',
  call: 'Call',
  duration: 'DurationLiteral',
  integer: 'IntegerLiteral',
  number: 'NumberLiteral',
  parentheses: 'ParenExpr',
  reference: 'VarRef',
  regex: 'RegexLiteral',
  string: 'StringLiteral',
  wildcard: 'Wildcard',
};

/** The kind of an expression, as InfluxDB names it in errors. */
export function kindOf({ type }: Expression): string {
  return `*influxql.${KINDS[type]}`;
}
