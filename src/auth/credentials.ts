import type { IncomingMessage } from 'node:http';

/**
 * The key that a request carries, in `X-API-Key` or as `Authorization: Bearer`, or nothing where it carries none or says
 * two different things. Node joins repeated `X-API-Key` lines with a comma, which no key has in it, but it drops a second
 * `Authorization` without a word, so that one is looked for.
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
