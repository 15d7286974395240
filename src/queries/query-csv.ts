import { stringify } from 'csv-stringify/sync';
import type { QueryRow } from './group-rows';
import type { QueryAnswer } from './query.service';

const ROWS_PER_CHUNK = 1000;

export const QUERY_CSV_EXAMPLE =
  'timestamp,dataSourceId,count,temperature\n2024-01-15T10:00:00.000Z,507f1f77bcf86cd799439014,60,21.5\n';

/**
 * An answer as a table (RFC 4180), piece by piece: a column for each field, or for each field's aggregation where there are
 * several, and empty cells for what is not there. Metadata are JSON.
 */
export function* csvOf({ data }: QueryAnswer): Generator<string> {
  const isRaw = data.some(({ _id }) => _id !== undefined);
  const fields = new Set<string>();
  for (const row of data) for (const [name] of cellsOf(row)) fields.add(name);
  const before = isRaw ? ['_id', 'timestamp', 'dataSourceId'] : ['timestamp', 'dataSourceId', 'count'];
  const columns = [...before, ...fields, ...(isRaw ? ['metadata'] : [])];
  yield stringify([columns]);
  for (let start = 0; start < data.length; start += ROWS_PER_CHUNK)
    yield stringify(
      data.slice(start, start + ROWS_PER_CHUNK).map((row) => rowOf(row, [...fields], isRaw)),
      { cast: { boolean: String } },
    );
}

function rowOf(row: QueryRow, fields: readonly string[], isRaw: boolean): unknown[] {
  const cells = new Map(cellsOf(row));
  const values = fields.map((name) => cells.get(name) ?? null);
  if (!isRaw) return [row.timestamp, row.dataSourceId, row.count, ...values];
  const metadata = row.metadata === null ? null : JSON.stringify(row.metadata);
  return [row._id, row.timestamp, row.dataSourceId, ...values, metadata];
}

/** `temperature`, or `temperature.min` and `temperature.max`. */
function cellsOf({ values }: QueryRow): [string, unknown][] {
  return Object.entries(values).flatMap(([field, value]): [string, unknown][] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).map(([aggregation, one]) => [`${field}.${aggregation}`, one])
      : [[field, value]],
  );
}
