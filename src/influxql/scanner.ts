import { InfluxQLError } from './influxql-error';
import { KEYWORDS, type Token, type TokenKind } from './tokens';

const BLANK = /(?:\s+|--[^\n]*|\/\*[^]*?\*\/)*/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /\d*\.\d+|\d+\.?/y;
const DURATION_TAIL = /[A-Za-zµ][A-Za-zµ0-9]*/y;
const SYMBOL = /=~|!=|!~|<>|<=|>=|::|[=<>+*%&|^(),;./:!@-]/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '\\': '\\', '"': '"', "'": "'" };

/** Splits a text into tokens, on demand: only the parser knows where a slash begins a regular expression. */
export class Scanner {
  constructor(private readonly text: string) {}

  /** The token at a place, after blanks and comments. */
  scan(from: number): Token {
    const { text } = this;
    const at = from + (this.match(BLANK, from)?.length ?? 0);
    const first = text[at];
    if (first === undefined) return this.endAfter(from, at);
    if (first === '"' || first === "'") return this.quoted(at, first);
    const word = this.match(NAME, at);
    if (word !== undefined) return this.word(at, word);
    const number = this.match(NUMBER, at);
    if (number !== undefined) return this.number(at, number);
    if (first === '$') return this.parameter(at);
    if (text.startsWith('/*', at)) return token('bad', 'ILLEGAL', at, text.length - at);
    const symbol = this.match(SYMBOL, at);
    if (symbol !== undefined) return token('symbol', symbol === '<>' ? '!=' : symbol, at, symbol.length);
    const [character = ''] = text.slice(at, at + 2);
    return token('bad', character, at, character.length);
  }

  /** The content of the regular expression at a place, and where it ends; undefined if there is none. */
  regex(from: number): { readonly source: string; readonly at: number; readonly end: number } | undefined {
    const { text } = this;
    const at = from + (this.match(BLANK, from)?.length ?? 0);
    if (text[at] !== '/') return undefined;
    let source = '';
    for (let place = at + 1; place < text.length; place++) {
      const character = text[place] as string;
      if (character === '/') return { source, at, end: place + 1 };
      if (character === '\n') break;
      if (character === '\\' && text[place + 1] === '/') place += 1;
      else if (character === '\\' && text[place + 1] !== '\n') source += character + (text[++place] ?? '');
      else source += character;
      if (text[place] === '/') source += '/';
    }
    throw new InfluxQLError(`error parsing query: bad regex:  at ${this.placeOf(at - 1)}`);
  }

  /** `line 1, char 7`. */
  placeOf(at: number): string {
    const before = this.text.slice(0, Math.max(0, at));
    const line = before.lastIndexOf('\n');
    return `line ${before.split('\n').length}, char ${at - line}`;
  }

  private endAfter(from: number, at: number): Token {
    const isAfterName = at === from && /(?:^|[^\w"$])[A-Za-z_"$][\w"]*$/.test(this.text.slice(-200));
    return { kind: 'end', text: 'EOF', at, end: at, shownAt: isAfterName ? at + 1 : at };
  }

  private word(at: number, word: string): Token {
    const upper = word.toUpperCase();
    return KEYWORDS.has(upper) ? token('keyword', upper, at, word.length) : token('name', word, at, word.length);
  }

  private number(at: number, number: string): Token {
    const isDecimal = number.includes('.');
    const unit = isDecimal ? undefined : this.match(DURATION_TAIL, at + number.length);
    if (unit !== undefined) return token('duration', number + unit, at, number.length + unit.length);
    return token(isDecimal ? 'number' : 'integer', number, at, number.length);
  }

  private parameter(at: number): Token {
    if (this.text[at + 1] !== '"') {
      const name = this.match(NAME, at + 1) ?? '';
      return token('parameter', name, at, name.length + 1);
    }
    const name = this.quoted(at + 1, '"');
    return name.kind === 'bad' ? name : { ...name, kind: 'parameter', at, shownAt: at };
  }

  private quoted(at: number, quote: string): Token {
    const { text } = this;
    let content = '';
    for (let place = at + 1; place < text.length; place++) {
      const character = text[place] as string;
      if (character === quote) {
        const kind = quote === '"' ? 'name' : 'string';
        return { kind, text: content, at, end: place + 1, shownAt: kind === 'name' ? at : at - 1 };
      }
      if (character === '\n') break;
      if (character !== '\\') {
        content += character;
        continue;
      }
      const escaped = text[++place] ?? '';
      const meant = ESCAPES[escaped];
      if (meant === undefined) return token('bad', `\\${escaped}`, place, 1);
      content += meant;
    }
    return { ...token('bad', content, at, text.length - at), shownAt: at - 1 };
  }

  private match(pattern: RegExp, at: number): string | undefined {
    pattern.lastIndex = at;
    return pattern.exec(this.text)?.[0];
  }
}

function token(kind: TokenKind, text: string, at: number, length: number): Token {
  return { kind, text, at, end: at + length, shownAt: at };
}
