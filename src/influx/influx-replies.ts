import { sentenceOf } from '../common/errors';
import type { LinesWritten } from '../ingest/line-protocol/line-body';
import { LINES_REFUSED } from '../ingest/line-protocol/line.errors';

/** InfluxDB 2's codes, by status. */
const CODES: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not found',
  413: 'request too large',
  415: 'invalid',
  429: 'too many requests',
  503: 'unavailable',
};
const MAX_SHOWN_LINES = 20;

/** The body of an error, in the form of the API that a path belongs to. */
export function bodyOf(path: string, status: number, message: string): object {
  if (path.startsWith('/api/v2')) return { code: CODES[status] ?? 'internal error', message, error: message };
  // Home Assistant looks for these words of InfluxDB 1.
  if (status === 401) return { error: `authorization failed: ${message}` };
  return { error: message };
}

/** The body for a write of which lines were refused. */
export function partialBodyOf(
  path: string,
  written: LinesWritten,
): { readonly message: string; readonly body: object } {
  const message = partialMessage(written);
  if (!path.startsWith('/api/v3')) return { message, body: bodyOf(path, 400, message) };
  const data = written.refused.map(({ number, reason, text }) => ({
    original_line: text,
    line_number: number,
    error_message: reason,
  }));
  return { message, body: { error: 'partial write of line protocol occurred', data } };
}

function partialMessage({ refused, rejected }: LinesWritten): string {
  const shown = refused.slice(0, MAX_SHOWN_LINES).map(({ number, reason }) => `line ${number}: ${reason}`);
  const more = rejected > shown.length ? [`and ${rejected - shown.length} more`] : [];
  return sentenceOf(LINES_REFUSED, { reasons: [...shown, ...more].join('; '), count: String(rejected) });
}
