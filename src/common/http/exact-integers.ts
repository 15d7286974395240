import { randomUUID } from 'node:crypto';
import { ApiError, TOO_MANY_LONG_INTEGERS } from '../errors';
import { isRounded, SHORTEST_ROUNDED } from '../rounded-integer';

/** A body with more of them is refused: replacing a quarter of a million would take 100 ms. */
const MAX_ROUNDED = 1000;
const ZERO = 0x30;
const NINE = 0x39;
const MINUS = 0x2d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Characters that may precede and follow an integer. */
const BEFORE = new Set([...':,[- \t\r\n'].map((one) => one.charCodeAt(0)));
const AFTER = new Set([...',]} \t\r\n'].map((one) => one.charCodeAt(0)));
const MARK = `${randomUUID()}:`;

interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Parses JSON. An integer beyond 2^53 that a number would round, such as 9007199254740993, becomes a bigint, so that
 * validation can refuse it with the digits that were sent. Every other value is what `JSON.parse` gives.
 *
 * @throws SyntaxError for what is not JSON
 * @throws ApiError 400 for more than 1,000 such integers
 */
export function parseExactly(text: string): unknown {
  const parsed: unknown = JSON.parse(text);
  const spans = hasLongInteger(text) ? roundedIntegers(text) : [];
  return spans.length === 0 ? parsed : unmarked(JSON.parse(marked(text, spans)));
}

/** Checks every sixteenth character, and the neighbours of digits. Bodies without long integers need no full scan. */
function hasLongInteger(text: string): boolean {
  for (let at = SHORTEST_ROUNDED - 1; at < text.length; at += SHORTEST_ROUNDED) {
    if (!isDigit(text.charCodeAt(at))) continue;
    let [from, to] = [at, at + 1];
    while (isDigit(text.charCodeAt(from - 1))) from--;
    while (isDigit(text.charCodeAt(to))) to++;
    if (to - from >= SHORTEST_ROUNDED && mayBeInteger(text, { from, to })) return true;
    at = to - 1;
  }
  return false;
}

/** Most long runs of digits are fractions. */
function mayBeInteger(text: string, { from, to }: Span): boolean {
  return (
    (from === 0 || BEFORE.has(text.charCodeAt(from - 1))) && (to === text.length || AFTER.has(text.charCodeAt(to)))
  );
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

/** Finds the integers in valid JSON that would be rounded. */
function roundedIntegers(text: string): Span[] {
  const spans: Span[] = [];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (isDigit(code)) {
      let to = at + 1;
      while (isDigit(text.charCodeAt(to))) to++;
      const from = text.charCodeAt(at - 1) === MINUS ? at - 1 : at;
      if (to - at >= SHORTEST_ROUNDED && mayBeInteger(text, { from: at, to }) && isRounded(text.slice(at, to)))
        spans.push({ from, to });
      if (spans.length > MAX_ROUNDED) throw new ApiError(TOO_MANY_LONG_INTEGERS);
      at = to - 1;
    }
  }
  return spans;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at;
  }
  return text.length;
}

/** Replaces each of these integers by a string with a random prefix that no client can guess. */
function marked(text: string, spans: readonly Span[]): string {
  const parts: string[] = [];
  let done = 0;
  for (const { from, to } of spans) {
    parts.push(text.slice(done, from), `"${MARK}${text.slice(from, to)}"`);
    done = to;
  }
  return parts.join('') + text.slice(done);
}

/** Replaces the marked strings by bigints. Iterative, so that deep nesting cannot overflow the stack. */
function unmarked(value: unknown): unknown {
  const root = [value];
  const open: object[] = [root];
  for (let holder = open.pop(); holder; holder = open.pop()) {
    // A name such as `__proto__` is the object's own, as it was parsed.
    for (const name of Object.keys(holder)) {
      const inner = holder[name as never] as unknown;
      if (typeof inner === 'object' && inner !== null) open.push(inner);
      else if (typeof inner === 'string' && inner.startsWith(MARK))
        (holder as Record<string, unknown>)[name] = BigInt(inner.slice(MARK.length));
    }
  }
  return root[0];
}
