import { booleanCell, listCell, numberOrTextCell, objectCell, textCell, type ReadCell } from '../common/http/csv-cells';
import type { CsvColumn } from '../common/http/csv-body';
import type { ApiKey } from './api-key.entity';
import { boundsOf } from './key-changes';

/** Two values with a slash between them: `600/60`, `10000/day`. */
const pairCell =
  (first: string, second: string): ReadCell =>
  (cell) => {
    const [one, other, ...more] = cell.split('/');
    if (one === undefined || other === undefined || more.length > 0) return cell;
    return { [first]: numberOrTextCell(one.trim()), [second]: numberOrTextCell(other.trim()) };
  };

const trimmedCell: ReadCell = (cell) => cell.trim();

/** The columns of a table of new keys, besides `name` and `type`. */
export const KEY_COLUMNS = {
  expiresAt: { read: trimmedCell },
  allowedIps: { read: listCell },
  dataSourceId: { read: trimmedCell },
  rateLimit: { read: objectCell(pairCell('limit', 'windowSeconds')), readPart: numberOrTextCell },
  writeOnly: { read: booleanCell },
  metadata: { read: objectCell(), readPart: textCell },
  enabled: { read: booleanCell },
  quota: { read: objectCell(pairCell('limit', 'per')), readPart: numberOrTextCell },
  selfRotation: { read: booleanCell },
} satisfies Readonly<Record<string, CsvColumn>>;

type Column = keyof typeof KEY_COLUMNS;

/** The cells of a key in these columns, in the format that they are read from. What is not set is left out. */
export function cellsOf(apiKey: ApiKey): Partial<Record<Column, string>> {
  const { allowedIps, rateLimit, quota, metadata, writeOnly, selfRotation, ...texts } = boundsOf(apiKey);
  return {
    ...texts,
    ...(allowedIps && { allowedIps: allowedIps.join(' ') }),
    ...(rateLimit && { rateLimit: `${rateLimit.limit}/${rateLimit.windowSeconds}` }),
    ...(writeOnly && { writeOnly: 'true' }),
    ...(metadata && { metadata: JSON.stringify(metadata) }),
    ...(apiKey.disabledAt !== null && { enabled: 'false' }),
    ...(quota && { quota: `${quota.limit}/${quota.per}` }),
    ...(selfRotation === false && { selfRotation: 'false' }),
  };
}
