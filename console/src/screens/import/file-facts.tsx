import type { Decimal } from '../../../../src/ingest/import-cells';
import { Checkbox, SelectField, TextField } from '../../components/field';
import { ENCODING_NAMES, ENCODINGS, type Encoding } from '../../csv/encoding';
import { SEPARATOR_NAMES, SEPARATORS, type Chosen, type Sample } from '../../csv/sample';

interface FileFactsProps {
  readonly sample: Sample;
  readonly onChange: (change: Chosen) => void;
}

/** How the file is read: recognized, and open to correction. */
export function FileFacts({ sample, onChange }: FileFactsProps) {
  const { encoding, separator, decimal, hasHeader, firstLine } = sample;
  const separators = [...new Set<string>([...SEPARATORS, separator])];
  return (
    <div className="import-facts">
      <SelectField
        label="Separator"
        value={separator}
        options={separators.map((value) => ({ value, label: SEPARATOR_NAMES[value] ?? value }))}
        onChange={({ target }) => onChange({ separator: target.value })}
      />
      <SelectField
        label="Decimal sign"
        value={decimal}
        options={[
          { value: '.', label: 'Point: 21.5' },
          { value: ',', label: 'Comma: 21,5' },
        ]}
        onChange={({ target }) => onChange({ decimal: target.value as Decimal })}
      />
      <SelectField
        label="Encoding"
        value={encoding}
        options={ENCODINGS.map((value) => ({ value, label: ENCODING_NAMES[value] }))}
        onChange={({ target }) => onChange({ encoding: target.value as Encoding })}
      />
      <TextField
        label="First line of the table"
        type="number"
        min={1}
        step={1}
        value={firstLine}
        onChange={({ target }) => onChange({ firstLine: Math.max(1, Math.floor(target.valueAsNumber) || 1) })}
        hint={firstLine > 1 ? 'What stands above it is left out.' : undefined}
      />
      <Checkbox
        label="The first row names the columns"
        checked={hasHeader}
        onChange={({ target }) => onChange({ hasHeader: target.checked })}
      />
    </div>
  );
}
