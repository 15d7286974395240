import { InfluxQLError } from './influxql-error';
import { PatternTotals, SafeRegex } from './safe-regex';
import { Scanner } from './scanner';
import type { Token } from './tokens';

/** Reads the tokens of a text one after the other, with those of bound parameters in their places. */
export class TokenReader {
  private readonly scanner: Scanner;
  private readonly patterns = new PatternTotals();
  private current: Token;

  constructor(
    text: string,
    private readonly params: Readonly<Record<string, unknown>>,
  ) {
    this.scanner = new Scanner(text);
    this.current = this.read(0);
  }

  /** The next token, which stays. */
  get peek(): Token {
    return this.current;
  }

  get isAtEnd(): boolean {
    return this.current.kind === 'end';
  }

  next(): Token {
    const token = this.current;
    if (token.kind !== 'end') this.current = this.read(token.end);
    return token;
  }

  /** The symbols and keywords among these that come next are consumed. */
  take(...texts: readonly string[]): boolean {
    if (!this.isNext(...texts)) return false;
    this.next();
    return true;
  }

  isNext(...texts: readonly string[]): boolean {
    const { kind, text } = this.current;
    return (kind === 'keyword' || kind === 'symbol') && texts.includes(text);
  }

  /** Whether the next token is this symbol and follows without a blank. */
  isAdjacent(symbol: string, { end }: Token): boolean {
    return this.isNext(symbol) && this.current.at === end;
  }

  /** Consumes these keywords or symbols. @throws InfluxQLError if another token comes */
  require(...texts: readonly string[]): void {
    for (const text of texts) if (!this.take(text)) throw this.unexpected([text]);
  }

  name(): string {
    if (this.current.kind !== 'name') throw this.unexpected(['identifier']);
    return this.next().text;
  }

  string(said: () => InfluxQLError): string {
    if (this.current.kind !== 'string') throw said();
    return this.next().text;
  }

  /** A regular expression, if the next token is a slash. */
  regex(): SafeRegex | undefined {
    if (!this.isNext('/')) return undefined;
    const found = this.scanner.regex(this.current.at);
    if (!found) return undefined;
    this.current = this.read(found.end);
    return new SafeRegex(found.source, this.patterns, this.scanner.placeOf(found.at - 1));
  }

  unexpected(expected: readonly string[], { text, shownAt }: Token = this.current): InfluxQLError {
    const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text;
    const place = this.scanner.placeOf(shownAt);
    return new InfluxQLError(`error parsing query: found ${shown}, expected ${expected.join(', ')} at ${place}`);
  }

  placeOf({ at }: Token): string {
    return this.scanner.placeOf(at);
  }

  private read(from: number): Token {
    const token = this.scanner.scan(from);
    return token.kind === 'parameter' ? this.bound(token) : token;
  }

  private bound(token: Token): Token {
    const { text: name } = token;
    if (name === '') throw new InfluxQLError('error parsing query: empty bound parameter');
    if (!Object.hasOwn(this.params, name)) throw new InfluxQLError(`error parsing query: missing parameter: ${name}`);
    const value = this.params[name];
    if (typeof value === 'string') return { ...token, kind: 'string', text: value };
    if (typeof value === 'boolean') return { ...token, kind: 'keyword', text: value ? 'TRUE' : 'FALSE' };
    if (typeof value === 'number' && Number.isFinite(value))
      return { ...token, kind: Number.isSafeInteger(value) ? 'integer' : 'number', text: String(value) };
    throw new InfluxQLError(
      `error parsing query: unable to bind parameter ${name}: it must be a string, number or boolean`,
    );
  }
}
