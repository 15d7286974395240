import { stringify } from 'csv-stringify/sync';
import { spreadsheetSafe } from '../common/http/csv-answer';
import type { CreatedKey } from './key.service';

export const KEYS_CSV_EXAMPLE =
  '_id,name,type,key\n507f1f77bcf86cd799439013,Living Room Sensor,write,dakkio_w_abc123def456ghi789jkl012mno345pqr678\n';

/**
 * New keys as a table (RFC 4180) to flash devices from.
 *
 * @param forSpreadsheets whether names that a spreadsheet would run are escaped
 */
export function keysAsCsv(created: readonly CreatedKey[], forSpreadsheets = false): string {
  const shown = forSpreadsheets ? spreadsheetSafe<string> : (name: string) => name;
  const rows = created.map(({ apiKey: { id, name, type }, key }) => [id, shown(name), type, key]);
  return stringify(rows, { header: true, columns: ['_id', 'name', 'type', 'key'] });
}
