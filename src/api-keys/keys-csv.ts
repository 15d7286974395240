import { stringify } from 'csv-stringify/sync';
import type { LeanRequest, LeanResponse } from '../common/http/lean-messages';
import type { CreatedKey } from './key.service';

export const KEYS_CSV_EXAMPLE =
  '_id,name,type,key\n507f1f77bcf86cd799439013,Living Room Sensor,write,dakkio_w_abc123def456ghi789jkl012mno345pqr678\n';

/** New keys as a table (RFC 4180) to flash devices from. */
export function keysAsCsv(created: readonly CreatedKey[]): string {
  const rows = created.map(({ apiKey: { id, name, type }, key }) => [id, name, type, key]);
  return stringify(rows, { header: true, columns: ['_id', 'name', 'type', 'key'] });
}

/** Whether the caller would rather have CSV than JSON (RFC 9110 §12.5.1). */
export function wantsCsv(request: LeanRequest): boolean {
  return request.accepts(['application/json', 'text/csv']) === 'text/csv';
}

/** Marks an answer as CSV that nobody may keep. */
export function answerWithCsv(response: LeanResponse, csv: string): string {
  response.set({
    'Content-Type': 'text/csv; charset=utf-8; header=present',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  return csv;
}
