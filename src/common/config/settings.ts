import { isIP } from 'node:net';

/** A value that the server cannot start with; the message is for the operator. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** One environment variable: what it means, its default as the operator would write it, and how its text is read. */
export interface Setting<T> {
  readonly variable: string;
  readonly defaultText?: string;
  readonly about: string;
  /** @throws Error with the half sentence that follows the variable's name: "must be …". */
  readonly parse: (text: string) => T;
}

const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevelName = (typeof LOG_LEVELS)[number];

/** Every variable that the server reads, in the order in which the README lists them. */
export const SETTINGS = {
  port: setting('PORT', '3000', 'TCP port to listen on, up to 65535; `0` takes a free one', wholeNumber(0, 65535)),
  host: setting(
    'HOST',
    '0.0.0.0',
    'Address to listen on: `0.0.0.0` for every IPv4 network, `::` for IPv6 too, `127.0.0.1` for this machine alone',
    listenAddress,
  ),
  databaseUrl: setting(
    'DATABASE_URL',
    'sqlite:data/dakkio.db',
    '`sqlite:<path of a file>`, relative to the working directory and made when missing, or `postgres://user:password@host:5432/name`',
    databaseUrl,
  ),
  adminKey: setting('DAKKIO_ADMIN_KEY', undefined, 'An Admin key to start with, instead of a generated one', asIs),
  adminKeyFile: setting('DAKKIO_ADMIN_KEY_FILE', undefined, 'A file that holds that key; not both', asIs),
  docs: setting('DAKKIO_DOCS', 'on', '`off` takes `/docs`, `/docs-json` and `/docs-yaml` away', onOrOff),
  bodyLimitBytes: setting(
    'DAKKIO_BODY_LIMIT_BYTES',
    '4194304',
    'Largest request body, before and after decompression; 1024 to 104857600. Over it: 413',
    wholeNumber(1024, 104_857_600),
  ),
  requestTimeoutSeconds: setting(
    'DAKKIO_REQUEST_TIMEOUT_SECONDS',
    '30',
    'Longest time for a request to arrive whole, head and body; 1 to 3600. Over it: 408 and the connection is closed',
    wholeNumber(1, 3600),
  ),
  logLevel: setting(
    'DAKKIO_LOG_LEVEL',
    'info',
    '`error`, `warn`, `info` or `debug`, which logs each request too',
    oneOf(LOG_LEVELS),
  ),
  corsOrigins: setting(
    'DAKKIO_CORS_ORIGINS',
    '',
    'Origins whose pages may call the API, separated by commas: `https://dash.example`. Empty: none',
    origins,
  ),
};

function setting<T>(
  variable: string,
  defaultText: string | undefined,
  about: string,
  parse: (text: string) => T,
): Setting<T> {
  return { variable, defaultText, about, parse };
}

function asIs(text: string): string {
  return text;
}

function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (!(value >= least && value <= most)) throw new Error(`must be a whole number from ${least} to ${most}`);
    return value;
  };
}

function oneOf<const T extends readonly string[]>(words: T) {
  return (text: string): T[number] => {
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) throw new Error(`must be one of ${words.join(', ')}`);
    return word;
  };
}

function onOrOff(text: string): boolean {
  return oneOf(['on', 'off'])(text) === 'on';
}

function listenAddress(text: string): string {
  if (isIP(text) === 0 && !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text)) {
    throw new Error('must be an IP address or a host name');
  }
  return text;
}

/** Where the data lives. */
export type DatabaseLocation =
  { readonly type: 'sqlite'; readonly path: string } | { readonly type: 'postgres'; readonly url: string };

function databaseUrl(text: string): DatabaseLocation {
  const path = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(text)?.[1];
  if (path !== undefined && !path.startsWith(':') && !path.startsWith('//')) return { type: 'sqlite', path };
  if (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text)) return { type: 'postgres', url: text };
  throw new Error('must be sqlite:<path of a file> or postgres://user:password@host:5432/name');
}

function origins(text: string): readonly string[] {
  const list = text
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '');
  for (const origin of list) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new Error(`must list exact origins such as https://dash.example, which ${JSON.stringify(origin)} is not`);
    }
  }
  return list;
}
