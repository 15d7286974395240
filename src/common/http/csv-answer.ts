import type { LeanRequest, LeanResponse } from './lean-messages';

/** Whether the caller would rather have CSV than JSON (RFC 9110 §12.5.1). */
export function wantsCsv(request: LeanRequest): boolean {
  return request.accepts(['application/json', 'text/csv']) === 'text/csv';
}

/** Marks an answer as CSV that nobody may keep. */
export function markAsCsv(response: LeanResponse): void {
  response.set({
    'Content-Type': 'text/csv; charset=utf-8; header=present',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
}
