import Negotiator from 'negotiator';

/** A content coding of this server. */
export type Encoding = 'br' | 'gzip';

/**
 * Chooses the content coding that an `Accept-Encoding` header prefers (RFC 9110 §12.5.3); at the same quality the first of
 * `ours`. Undefined for none: without a header, where the client prefers `identity`, and where it accepts nothing that the server
 * has, because a response that it can probably read is of more use than a 406.
 */
export function preferredEncoding<T extends Encoding>(header: string | undefined, ours: readonly T[]): T | undefined {
  if (!header) return undefined;
  const available = [...ours, 'identity' as const];
  const chosen = new Negotiator({ headers: { 'accept-encoding': header } }).encoding(available, {
    preferred: available,
  });
  return chosen === 'identity' ? undefined : chosen;
}
