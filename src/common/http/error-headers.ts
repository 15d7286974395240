import { ERRORS_PAGE_PATH, type ErrorCode } from '../error-codes';

/** Which link to the errors page a reply carries. */
export interface ErrorLink {
  /** Whether the page is served: without it, replies have no link. */
  readonly docs: boolean;
  /** The path under which a proxy serves this server: empty, or `/dakkio`. */
  readonly prefix: string;
}

/**
 * The headers of an error reply, as alternating names and values: its code, and the section of the errors page about it
 * (RFC 8288).
 *
 * The link is an absolute path. One that is relative to the request (`../../docs/errors`) is also valid, but differs from
 * route to route, is useless in a log, and has no base where the request line could not be parsed.
 */
export function errorHeaders(code: ErrorCode, { docs, prefix }: ErrorLink): readonly string[] {
  const named = ['X-Error-Code', code];
  return docs ? [...named, 'Link', `<${prefix}${ERRORS_PAGE_PATH}#${code}>; rel="help"`] : named;
}

/** Path segments without `.`, `..` and anything that needs an escape. */
const SAFE_PREFIX = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]{1,64}){1,8}$/;

/** The path prefix that a trusted proxy removed from the request's path, as its `X-Forwarded-Prefix` says; else empty. */
export function pathPrefixOf(header: string | readonly string[] | undefined): string {
  const prefix = typeof header === 'string' ? header.replace(/\/$/, '') : '';
  return SAFE_PREFIX.test(prefix) ? prefix : '';
}
