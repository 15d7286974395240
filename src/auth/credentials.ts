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

/**
 * The same for the routes of InfluxDB's clients, which may also send the key as the password of `Authorization: Basic`, or as `p` in
 * the query string. Neither counts for a request that a page of another site makes a browser send, or beside `X-API-Key`.
 */
export function influxCredentialsOf(
  request: Pick<IncomingMessage, 'headers' | 'rawHeaders'> & { readonly query: unknown },
): string | undefined {
  const { headers, rawHeaders } = request;
  const usual = credentialsOf(request);
  if (usual !== undefined || headers['x-api-key'] !== undefined) return usual;
  if (headers['sec-fetch-site'] === 'cross-site' || isRepeated(rawHeaders, 'authorization')) return undefined;
  if (headers.authorization) return passwordOf(headers.authorization);
  const { p } = request.query as { readonly p?: unknown };
  return typeof p === 'string' && p !== '' ? p : undefined;
}

function passwordOf(authorization: string): string | undefined {
  const encoded = BASIC.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 || colon === text.length - 1 ? undefined : text.slice(colon + 1);
}
