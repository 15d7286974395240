import { LONGEST_FIELD_NAME_BYTES, type FieldType } from '../../../../src/sources/schema';
import { SelectField, TextField } from '../../components/field';
import type { Sample } from '../../csv/sample';
import { nameProblem, USES, type Column, type Use } from './columns';
import type { KnownFields } from './mapping';

const USE_NAMES: Readonly<Record<Use, string>> = {
  time: 'Time',
  clock: 'Time of day',
  value: 'Value',
  source: 'Data source',
  metadata: 'Metadata',
  ignore: 'Ignore',
};
const TYPE_OPTIONS = [
  { value: 'number', label: 'Number' },
  { value: 'boolean', label: 'True or false' },
  { value: 'string', label: 'Text' },
];
const MAX_EXAMPLES = 3;

interface ColumnListProps {
  readonly columns: readonly Column[];
  readonly sample: Sample;
  /** The fields that the data source has already: their types and units stay. */
  readonly known: KnownFields;
  readonly onUse: (index: number, use: Use) => void;
  readonly onChange: (index: number, change: Partial<Column>) => void;
}

/** The columns of the file, and what each becomes. */
export function ColumnList({ columns, sample, known, onUse, onChange }: ColumnListProps) {
  return (
    <>
      <div className="import-column import-columns-head" aria-hidden="true">
        <span>Column</span>
        <span>Becomes</span>
        <span>Name</span>
        <span>Type</span>
        <span>Unit</span>
      </div>
      <ul className="import-columns">
        {columns.map((column, index) => (
          <li key={index} className="import-column" data-ignored={column.use === 'ignore' || undefined}>
            <p className="import-column-title">
              <strong>{column.title}</strong>
              <span className="muted">{examplesOf(sample, index)}</span>
            </p>
            <SelectField
              label={`Use of ${column.title}`}
              isLabelUnseen
              value={column.use}
              options={USES.map((value) => ({ value, label: USE_NAMES[value] }))}
              onChange={({ target }) => onUse(index, target.value as Use)}
            />
            {(column.use === 'value' || column.use === 'metadata') && (
              <TextField
                label={`Name of ${column.title}`}
                isLabelUnseen
                value={column.name}
                maxLength={LONGEST_FIELD_NAME_BYTES}
                onChange={({ target }) => onChange(index, { name: target.value })}
                error={nameProblem(column, columns, known)}
              />
            )}
            {column.use === 'value' && (
              <>
                <SelectField
                  label={`Type of ${column.title}`}
                  isLabelUnseen
                  value={column.type}
                  disabled={Object.hasOwn(known, column.name)}
                  options={TYPE_OPTIONS}
                  onChange={({ target }) => onChange(index, { type: target.value as FieldType })}
                />
                <TextField
                  label={`Unit of ${column.title}`}
                  isLabelUnseen
                  value={column.unit}
                  placeholder="Unit"
                  maxLength={20}
                  disabled={Object.hasOwn(known, column.name)}
                  onChange={({ target }) => onChange(index, { unit: target.value })}
                />
              </>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

/** The first different values of a column. */
function examplesOf({ rows }: Sample, index: number): string {
  const found = new Set<string>();
  for (const { cells } of rows) {
    const cell = cells[index]?.trim() ?? '';
    if (cell !== '') found.add(cell);
    if (found.size === MAX_EXAMPLES) break;
  }
  return found.size === 0 ? 'empty' : [...found].join(' · ');
}
