import { stringify } from 'csv-stringify/sync';
import type { CsvColumn } from '../common/http/csv-body';
import { spreadsheetSafe } from '../common/http/csv-answer';
import { booleanCell, objectCell, textCell, type ReadCell } from '../common/http/csv-cells';
import type { Source } from './source.entity';
import { SourceView } from './sources.dto';

/** Fields with their types and optional units: `temperature:number:°C door:boolean`. */
const schemaCell: ReadCell = (cell) => {
  const fields = cell.split(/[\s,;]+/).filter((field) => field !== '');
  const entries = fields.map((field) => {
    const [name = '', type = '', unit] = field.split(':');
    return [name, unit === undefined ? type : { type, unit }] as const;
  });
  const isValid =
    fields.every((field) => field.split(':').length <= 3) &&
    new Set(entries.map(([name]) => name)).size === fields.length;
  return isValid ? Object.fromEntries(entries) : cell;
};

/** The columns of a CSV of new data sources, besides `name`. */
export const SOURCE_COLUMNS = {
  schema: { read: objectCell(schemaCell), readPart: textCell },
  type: { read: textCell },
  description: { read: textCell },
  downsampling: { read: booleanCell },
} satisfies Readonly<Record<string, CsvColumn>>;

const COLUMNS = ['_id', 'name', 'type', 'description', 'schema', 'downsampling'];

export const SOURCES_CSV_EXAMPLE = `${COLUMNS.join()}\n507f1f77bcf86cd799439014,Kitchen door,contact,,"{""open"":{""type"":""boolean""}}",true\n`;

/** Data sources as CSV (RFC 4180), in the format of the CSV that creates them. */
export function sourcesAsCsv(sources: readonly Source[], forSpreadsheets = false): string {
  const shown = forSpreadsheets ? spreadsheetSafe<string> : (cell: string) => cell;
  const rows = sources.map((source) => {
    const { _id, name, type, description, schema, downsampling } = new SourceView(source);
    return [_id, name, type, description, JSON.stringify(schema), String(downsampling)].map(shown);
  });
  return stringify(rows, { header: true, columns: COLUMNS });
}
