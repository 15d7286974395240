import { isIP } from 'node:net';
import { addressRuleFault } from '../addresses';
import { RATE_LIMIT_BOUNDS, type RateLimit } from '../rate-limit';

// Each parser throws an Error whose message continues the name of the variable: "must be …".

/** Accepts any text. */
export function asIs(text: string): string {
  return text;
}

const SHORTEST_SECRET = 32;

/** Accepts a text of at least 32 characters. */
export function secret(text: string): string {
  if ([...text].length < SHORTEST_SECRET) throw new Error(`must have at least ${SHORTEST_SECRET} characters`);
  return text;
}

/** Accepts a secret, or `none`, which gives null. */
export function previousPepper(text: string): string | null {
  return text === 'none' ? null : secret(text);
}

/** Accepts IP addresses and CIDR ranges, separated by commas. */
export function addressRules(text: string): readonly string[] {
  const rules = listOf(text);
  for (const rule of rules) {
    const message = addressRuleFault(rule);
    if (message) throw new Error(`must list IP addresses and CIDR ranges: ${JSON.stringify(rule)} ${message}`);
  }
  return rules;
}

/** Accepts `<requests>/<seconds>`. An empty text gives undefined. */
export function rateLimit(text: string): RateLimit | undefined {
  if (text === '') return undefined;
  const [, limit = 0, windowSeconds = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  const isWithin = (value: number, [least, most]: readonly [number, number]) => value >= least && value <= most;
  if (!isWithin(limit, RATE_LIMIT_BOUNDS.limit) || !isWithin(windowSeconds, RATE_LIMIT_BOUNDS.windowSeconds)) {
    throw new Error(
      `must be <requests>/<seconds> with up to ${RATE_LIMIT_BOUNDS.limit[1]} requests and ${RATE_LIMIT_BOUNDS.windowSeconds[1]} seconds`,
    );
  }
  return { limit, windowSeconds };
}

/** Returns a parser for whole numbers within these bounds, inclusive. */
export function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (!(value >= least && value <= most)) throw new Error(`must be a whole number from ${least} to ${most}`);
    return value;
  };
}

/** Accepts a TCP port. An empty text gives undefined. */
export function optionalPort(text: string): number | undefined {
  return text === '' ? undefined : wholeNumber(0, 65535)(text);
}

/** Returns a parser that accepts one of these words. */
export function oneOf<const T extends readonly string[]>(words: T) {
  return (text: string): T[number] => {
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) throw new Error(`must be one of ${words.join(', ')}`);
    return word;
  };
}

/** Accepts `on` or `off`. */
export function onOrOff(text: string): boolean {
  return oneOf(['on', 'off'])(text) === 'on';
}

/** Accepts an IP address or a host name. */
export function listenAddress(text: string): string {
  if (isIP(text) === 0 && !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text)) {
    throw new Error('must be an IP address or a host name');
  }
  return text;
}

/** Accepts an empty text or an http or https URL of a server, which is returned without a slash at the end. */
export function publicUrl(text: string): string {
  if (text === '') return '';
  const url = /^https?:\/\/[^?#@]+$/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (!url)
    throw new Error('must be an http or https address such as https://dakkio.example/path, without `?` and `#`');
  return url.href.replace(/\/+$/, '');
}

/** Where the data is stored. */
export type DatabaseLocation =
  { readonly type: 'sqlite'; readonly path: string } | { readonly type: 'postgres'; readonly url: string };

/** Accepts the URL of an SQLite file or of a PostgreSQL database. */
export function databaseUrl(text: string): DatabaseLocation {
  const path = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(text)?.[1];
  if (path !== undefined && !path.startsWith(':') && !path.startsWith('//')) return { type: 'sqlite', path };
  if (/^postgres(ql)?:\/\//.test(text) && isConnectable(text)) return { type: 'postgres', url: text };
  throw new Error('must be sqlite:<path of a file> or postgres://user:password@host:5432/name');
}

/** Whether the driver can parse the URL. Without this check it fails late and without a clear message. */
function isConnectable(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password, searchParams } = new URL(text);
  const port = searchParams.get('port');
  return isDecodable(username) && isDecodable(password) && (port === null || /^\d{1,5}$/.test(port));
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Splits a comma-separated list and drops empty items. */
export function listOf(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** Accepts exact origins, separated by commas. */
export function origins(text: string): readonly string[] {
  const list = listOf(text);
  for (const origin of list) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new Error(`must list exact origins such as https://dash.example, which ${JSON.stringify(origin)} is not`);
    }
  }
  return list;
}
