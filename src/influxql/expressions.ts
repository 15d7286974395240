import { InfluxQLError } from './influxql-error';
import { durationNanos } from './durations';
import type { Cast, Expression, Operator } from './syntax';
import type { TokenReader } from './token-reader';
import type { Token } from './tokens';

export const EXPRESSION = ['identifier', 'string', 'number', 'bool'];
const CASTS = ['float', 'integer', 'unsigned', 'string', 'boolean', 'field', 'tag'];
const DEEPEST = 50;
const MOST_OPERATORS = 1000;
const LARGEST_INTEGER = 2n ** 63n - 1n;
const PRECEDENCE: Readonly<Record<string, number>> = {
  ...{ OR: 1, AND: 2 },
  ...{ '=': 3, '!=': 3, '=~': 3, '!~': 3, '<': 3, '<=': 3, '>': 3, '>=': 3 },
  ...{ '+': 4, '-': 4, '|': 4, '^': 4, '*': 5, '/': 5, '%': 5, '&': 5 },
};

/** Parses the expressions of one statement. */
export class ExpressionParser {
  private depth = 0;
  private operators = 0;

  constructor(private readonly reader: TokenReader) {}

  /** @throws InfluxQLError for what is not an expression, or is too deep or too long */
  parse(): Expression {
    if (++this.depth > DEEPEST)
      throw new InfluxQLError(`error parsing query: more than ${DEEPEST} levels of parentheses`);
    const parsed = this.operation(this.operand(), 1);
    this.depth -= 1;
    return parsed;
  }

  /** Appends operators that bind at least this strongly. */
  private operation(first: Expression, least: number): Expression {
    const { reader } = this;
    let left = first;
    for (let precedence = this.nextPrecedence(); precedence >= least; precedence = this.nextPrecedence()) {
      const operator = reader.next().text as Operator;
      if (++this.operators > MOST_OPERATORS)
        throw new InfluxQLError(`error parsing query: more than ${MOST_OPERATORS} operators in a statement`);
      let right = operator === '=~' || operator === '!~' ? this.requiredRegex() : this.operand();
      if (this.nextPrecedence() > precedence) right = this.operation(right, precedence + 1);
      left = { type: 'binary', operator, left, right };
    }
    return left;
  }

  private nextPrecedence(): number {
    const { kind, text } = this.reader.peek;
    return kind === 'symbol' || kind === 'keyword' ? (PRECEDENCE[text] ?? 0) : 0;
  }

  private requiredRegex(): Expression {
    const regex = this.reader.regex();
    if (!regex) throw this.reader.unexpected(['regex']);
    return { type: 'regex', regex };
  }

  private operand(): Expression {
    const { reader } = this;
    const regex = reader.regex();
    if (regex) return { type: 'regex', regex };
    if (reader.take('(')) {
      const inner = this.parse();
      reader.require(')');
      return { type: 'parentheses', inner };
    }
    if (reader.isNext('+', '-')) return this.signed();
    if (reader.take('*')) return this.wildcard();
    const token = reader.peek;
    if (token.kind === 'name') return this.named();
    if (reader.isNext('DISTINCT')) throw new InfluxQLError('error parsing query: DISTINCT is not supported');
    const literal = literalOf(token, reader);
    if (!literal) throw reader.unexpected(EXPRESSION);
    reader.next();
    return literal;
  }

  private signed(): Expression {
    const { reader } = this;
    const isNegative = reader.next().text === '-';
    const { kind } = reader.peek;
    if (!['number', 'integer', 'duration', 'name'].includes(kind) && !reader.isNext('('))
      throw reader.unexpected(['identifier', 'number', 'duration', '(']);
    const value = this.operand();
    const [sign, factor] = isNegative ? ([-1, -1n] as const) : ([1, 1n] as const);
    if (value.type === 'number') return { ...value, value: sign * value.value };
    if (value.type === 'integer') return { ...value, value: factor * value.value };
    if (value.type === 'duration') return { ...value, nanos: factor * value.nanos };
    return { type: 'binary', operator: '*', left: { type: 'integer', value: factor }, right: value };
  }

  private wildcard(): Expression {
    const { reader } = this;
    if (!reader.take('::')) return { type: 'wildcard' };
    const { kind, text } = reader.peek;
    const only = text.toLowerCase();
    if (kind === 'bad' || (only !== 'field' && only !== 'tag')) throw reader.unexpected(['field', 'tag']);
    reader.next();
    return { type: 'wildcard', only };
  }

  private named(): Expression {
    const { reader } = this;
    const token = reader.peek;
    reader.next();
    if (reader.isAdjacent('(', token)) return this.call(token.text.toLowerCase());
    const name = [token.text, ...this.segments()].join('.');
    return reader.take('::') ? { type: 'reference', name, cast: this.cast() } : { type: 'reference', name };
  }

  /** What follows a name after dots. */
  private segments(): string[] {
    const segments: string[] = [];
    while (this.reader.take('.')) segments.push(this.reader.isNext('.') ? '' : this.reader.name());
    return segments;
  }

  private cast(): Cast {
    const { reader } = this;
    const { kind, text } = reader.peek;
    const cast = text.toLowerCase();
    if (kind === 'bad' || kind === 'end' || !CASTS.includes(cast)) throw reader.unexpected(CASTS);
    reader.next();
    return cast === 'unsigned' ? 'integer' : (cast as Cast);
  }

  private call(name: string): Expression {
    const { reader } = this;
    reader.require('(');
    const args: Expression[] = [];
    if (!reader.isNext(')')) {
      do args.push(this.parse());
      while (reader.take(','));
    }
    reader.require(')');
    return { type: 'call', name, args };
  }
}

/** The value of a token that is a literal. */
function literalOf(token: Token, reader: TokenReader): Expression | undefined {
  const { kind, text } = token;
  if (kind === 'string') return { type: 'string', value: text };
  if (kind === 'number') return { type: 'number', value: Number(text) };
  if (kind === 'integer') return integerOf(token, reader);
  if (kind === 'duration') return { type: 'duration', nanos: durationNanos(text) };
  if (kind === 'keyword' && (text === 'TRUE' || text === 'FALSE')) return { type: 'boolean', value: text === 'TRUE' };
  return undefined;
}

function integerOf(token: Token, reader: TokenReader): Expression {
  const value = token.text.length > 20 ? LARGEST_INTEGER + 1n : BigInt(token.text);
  if (value > LARGEST_INTEGER)
    throw new InfluxQLError(`error parsing query: unable to parse integer at ${reader.placeOf(token)}`);
  return { type: 'integer', value };
}
