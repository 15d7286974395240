import { stringify } from 'csv-stringify/sync';
import { spreadsheetSafe } from '../common/http/csv-answer';
import type { ApiKey } from './api-key.entity';
import { cellsOf, KEY_COLUMNS } from './key-columns';
import type { CreatedKey } from './key.service';
import type { LinesChange } from './line-changes';

export const KEYS_CSV_EXAMPLE =
  '_id,name,type,key\n507f1f77bcf86cd799439013,Living Room Sensor,write,dakkio_w_abc123def456ghi789jkl012mno345pqr678\n';

export const ROTATED_CSV_EXAMPLE =
  '_id,name,type,key,replaces\n' +
  '507f1f77bcf86cd799439013,Living Room Sensor,write,dakkio_w_abc123def456ghi789jkl012mno345pqr678,507f1f77bcf86cd799439015\n';
export const REVOKED_CSV_EXAMPLE = '_id,name,type,revoked\n507f1f77bcf86cd799439013,Living Room Sensor,write,true\n';

/**
 * New keys as a table (RFC 4180) to flash devices from. Beside `_id`, `name`, `type` and `key` it has the columns of which
 * any of the keys has a value, under the names and in the form in which a table of new keys may have them.
 *
 * @param forSpreadsheets whether texts that a spreadsheet would run are escaped
 */
export function keysAsCsv(created: readonly CreatedKey[], forSpreadsheets = false): string {
  const rows = created.map(({ apiKey, key }) => {
    const { id, name, type, replaces } = apiKey;
    return { _id: id, name, type, key, ...(replaces !== null && { replaces }), ...cellsOf(apiKey) };
  });
  const known = ['_id', 'name', 'type', 'key', 'replaces', ...Object.keys(KEY_COLUMNS)];
  const columns = known.filter((column, index) => index < 4 || rows.some((row) => column in row));
  const shown = forSpreadsheets ? rows.map((row) => mapped(row, spreadsheetSafe<string>)) : rows;
  return stringify(shown, { header: true, columns });
}

/**
 * Keys that were revoked as a table, and their living descendants.
 *
 * @param line whether the descendants were revoked too
 */
export function revokedAsCsv({ apiKeys, descendants }: LinesChange, line = false, forSpreadsheets = false): string {
  const rowOf = (isRevoked: boolean) => (key: ApiKey) => {
    const name = forSpreadsheets ? spreadsheetSafe<string>(key.name) : key.name;
    return [key.id, name, key.type, String(isRevoked)];
  };
  const rows = [...apiKeys.map(rowOf(true)), ...descendants.map(rowOf(line))];
  return stringify(rows, { header: true, columns: ['_id', 'name', 'type', 'revoked'] });
}

function mapped(row: Readonly<Record<string, string>>, change: (cell: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(row).map(([column, cell]) => [column, change(cell)]));
}
