import { MASK } from './masked-url';

export const MAX_HEADERS = 10;
export const LONGEST_HEADER_NAME = 64;
export const LONGEST_HEADER_VALUE = 2000;
/** The total of all names and values. Many servers accept no more than 8 KB of headers. */
export const MAX_HEADER_BYTES = 6000;

export type WebhookHeaders = Readonly<Record<string, string>>;

/** The subset of RFC 9110 §5.6.2 tokens that is common in header names. */
const NAME = /^[A-Za-z0-9._-]+$/;
const VALUE = /^[\t\x20-\x7e]+$/;
/** Headers that frame the message, describe the body or carry the signature. */
const OWN =
  /^(host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|http2-settings|content-.*|proxy-.*|webhook-.*)$/;

/** Why headers are invalid, and which one. Masked values are not checked. */
export function faultOfHeaders(
  headers: Readonly<Record<string, unknown>>,
): { name?: string; message: string } | undefined {
  const entries = Object.entries(headers);
  if (entries.length > MAX_HEADERS) return { message: HEADER_SENTENCES.object };
  const names = new Set<string>();
  let bytes = 0;
  for (const [name, value] of entries) {
    const message = faultOfHeader(name, value) ?? (names.has(name.toLowerCase()) ? HEADER_SENTENCES.twice : undefined);
    if (message !== undefined) return { name, message };
    names.add(name.toLowerCase());
    bytes += name.length + String(value).length;
  }
  return bytes > MAX_HEADER_BYTES ? { message: HEADER_SENTENCES.bytes } : undefined;
}

function faultOfHeader(name: string, value: unknown): string | undefined {
  if (name.length > LONGEST_HEADER_NAME || !NAME.test(name)) return HEADER_SENTENCES.name;
  if (OWN.test(name.toLowerCase())) return HEADER_SENTENCES.own;
  if (value === MASK) return undefined;
  if (typeof value !== 'string' || value.length > LONGEST_HEADER_VALUE || !VALUE.test(value))
    return HEADER_SENTENCES.value;
  return undefined;
}

export const HEADER_SENTENCES = {
  object: `headers must be an object of up to ${MAX_HEADERS} header names with their values`,
  name: `Header names must have 1 to ${LONGEST_HEADER_NAME} letters, digits, dots, hyphens or underscores`,
  own: 'Host, Content-*, Proxy-*, Webhook-* and the headers of the connection are set by the server',
  value: `Header values must be strings of 1 to ${LONGEST_HEADER_VALUE} printable ASCII characters`,
  twice: 'Header names must differ by more than upper and lower case',
  bytes: `headers must have ${MAX_HEADER_BYTES} characters or less in all`,
};

/** A masked value was sent for a header that the webhook does not have. */
export class UnknownHeader {
  constructor(readonly name: string) {}
}

/**
 * The headers after an update; undefined if it leaves them unchanged. A change of the URL's origin clears headers that are not
 * sent again: otherwise a client could redirect a webhook to a server of its choice and read them.
 *
 * @param sent the headers in the request, where a masked value keeps the current one; null clears all
 */
export function changedHeaders(
  sent: WebhookHeaders | null | undefined,
  before: WebhookHeaders,
  { isOtherOrigin }: { readonly isOtherOrigin: boolean },
): WebhookHeaders | undefined | UnknownHeader {
  if (sent === undefined) return isOtherOrigin && Object.keys(before).length > 0 ? {} : undefined;
  const known = new Map(
    Object.entries(isOtherOrigin ? {} : before).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const after: [string, string][] = [];
  for (const [name, value] of Object.entries(sent ?? {})) {
    const real = value === MASK ? known.get(name.toLowerCase()) : value;
    if (real === undefined) return new UnknownHeader(name);
    after.push([name, real]);
  }
  return Object.fromEntries(after);
}

/** Headers as the API shows them: their names, with masked values. */
export function maskedHeaders(headers: WebhookHeaders): WebhookHeaders {
  return Object.fromEntries(Object.keys(headers).map((name) => [name, MASK]));
}
