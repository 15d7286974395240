import type { IncomingMessage } from 'node:http';

/**
 * The key text of a request, from `X-API-Key` or `Authorization: Bearer`. Undefined if there is none, or if the two differ.
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
  const bearer = /^Bearer +([^ ]+) *$/i.exec(authorization)?.[1];
  if (bearer === undefined) return header;
  return header === undefined || header === bearer ? bearer : undefined;
}

function isRepeated(rawHeaders: readonly string[], name: string): boolean {
  return rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length > 1;
}
