import type { IncomingMessage } from 'node:http';

const BEARER = /^Bearer +([^ ]+) *$/i;
/** InfluxDB's clients send the key after `Token`, some with a user's name before it. */
const TOKEN = /^Token +(?:[^ :]*:)?([^ :]+) *$/i;
const BASIC = /^Basic +([A-Za-z0-9+/=_-]+) *$/i;

/**
 * The key text of a request, from `X-API-Key` or `Authorization: Bearer` or `Token`. Undefined if there is none, or if the two differ.
 * Node joins repeated `X-API-Key` headers with a comma, which no key contains, but it silently drops a second
 * `Authorization` header, so repeated ones are looked for in the raw headers.
 */
export function credentialsOf({
  headers,
  rawHeaders,
}: Pick<IncomingMessage, 'headers' | 'rawHeaders'>): string | undefined {
  const header = headers['x-api-key'] as string | undefined;
  const { authorization } = headers;
  if (authorization === undefined) return header;
  if (isRepeated(rawHeaders, 'authorization')) return undefined;
  const bearer = BEARER.exec(authorization)?.[1] ?? TOKEN.exec(authorization)?.[1];
  if (bearer === undefined) return header;
  return header === undefined || header === bearer ? bearer : undefined;
}

function isRepeated(rawHeaders: readonly string[], name: string): boolean {
  return rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length > 1;
}

type PasswordRequest = Pick<IncomingMessage, 'headers' | 'rawHeaders'>;

/**
 * The same for routes that programs read with a user name and a password: the key is the password of `Authorization: Basic`, or the
 * user name if the password is empty. It does not count for a request that a page of another site makes a browser send, which would
 * send a stored password along, or beside `X-API-Key`.
 */
export function basicCredentialsOf(request: PasswordRequest): string | undefined {
  const usual = credentialsOf(request);
  if (usual !== undefined || !takesPassword(request)) return usual;
  return passwordOf(request.headers.authorization);
}

/** The same for the routes of InfluxDB's clients, which may also send the key as `p` in the query string. */
export function influxCredentialsOf(request: PasswordRequest & { readonly query: unknown }): string | undefined {
  const usual = basicCredentialsOf(request);
  if (usual !== undefined || !takesPassword(request) || request.headers.authorization) return usual;
  const { p } = request.query as { readonly p?: unknown };
  return typeof p === 'string' && p !== '' ? p : undefined;
}

/**
 * Whether a program that sends its password only when asked (RFC 9110 §11.6.1) should be asked for it: not beside another way to send
 * a key, and not a browser, which would show its own dialog and keep the password.
 */
export function awaitsBasicChallenge({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const { authorization = 'Basic', 'user-agent': agent = '' } = headers;
  const isBrowser = headers['sec-fetch-mode'] !== undefined || /^Mozilla\//i.test(agent);
  return headers['x-api-key'] === undefined && /^Basic\b/i.test(authorization) && !isBrowser;
}

function takesPassword({ headers, rawHeaders }: PasswordRequest): boolean {
  const isFromOtherSite = headers['sec-fetch-site'] === 'cross-site';
  return headers['x-api-key'] === undefined && !isFromOtherSite && !isRepeated(rawHeaders, 'authorization');
}

function passwordOf(authorization = ''): string | undefined {
  const encoded = BASIC.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return (colon === -1 ? undefined : text.slice(colon + 1) || text.slice(0, colon)) || undefined;
}
