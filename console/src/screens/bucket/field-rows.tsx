import { useState } from 'react';
import type { FieldType } from '../../../../src/sources/schema';
import { Button } from '../../components/button';
import { SelectField, TextField } from '../../components/field';
import { FIELD_TYPES, NO_FIELD, type NewField } from './new-fields';

/** With more fields than this, those that exist can be searched. */
const MANY_FIELDS = 12;
/** More are not shown at once. */
const MAX_SHOWN = 100;

interface FieldRowsProps {
  readonly fields: readonly NewField[];
  /** So many of the first fields exist: their names and types stay. */
  readonly existing?: number;
  readonly onChange: (fields: readonly NewField[]) => void;
  readonly problemOf: (field: NewField) => string | undefined;
}

/** The fields of a data source, each a row with its name, type and unit. */
export function FieldRows({ fields, existing = 0, onChange, problemOf }: FieldRowsProps) {
  const [wanted, setWanted] = useState('');
  const isFound = ({ name }: NewField) => name.toLowerCase().includes(wanted.trim().toLowerCase());
  const rows = fields.map((field, index) => ({ field, index }));
  const found = rows.slice(0, existing).filter(({ field }) => isFound(field));
  const change = (index: number, change: Partial<NewField>) =>
    onChange(fields.map((field, at) => (at === index ? { ...field, ...change } : field)));
  return (
    <fieldset className="field-rows">
      <legend className="field-label">Fields of its points</legend>
      {existing > MANY_FIELDS && (
        <TextField
          label="Find a field"
          isLabelUnseen
          type="search"
          placeholder={`Find one of ${existing} fields`}
          value={wanted}
          onChange={({ target }) => setWanted(target.value)}
        />
      )}
      {found.slice(0, MAX_SHOWN).map(({ field, index }) => (
        <div key={index} className="field-row" data-existing>
          <div>
            {field.name} <span className="muted">{typeLabel(field.type)}</span>
          </div>
          <TextField
            label={`Unit of ${field.name}`}
            isLabelUnseen
            maxLength={20}
            placeholder="Unit"
            value={field.unit}
            onChange={({ target }) => change(index, { unit: target.value })}
          />
        </div>
      ))}
      {found.length > MAX_SHOWN && <p className="muted">{`and ${found.length - MAX_SHOWN} others: search for one`}</p>}
      {rows.slice(existing).map(({ field, index }) => (
        <div key={index} className="field-row">
          <TextField
            label={`Name of field ${index + 1}`}
            isLabelUnseen
            required
            maxLength={64}
            placeholder={index === 0 ? 'temperature' : 'Name'}
            value={field.name}
            onChange={({ target }) => change(index, { name: target.value })}
            error={problemOf(field)}
          />
          <SelectField
            label={`Type of field ${index + 1}`}
            isLabelUnseen
            value={field.type}
            options={FIELD_TYPES}
            onChange={({ target }) => change(index, { type: target.value as FieldType })}
          />
          <TextField
            label={`Unit of field ${index + 1}`}
            isLabelUnseen
            maxLength={20}
            placeholder="Unit"
            value={field.unit}
            onChange={({ target }) => change(index, { unit: target.value })}
          />
          <Button
            kind="quiet"
            icon="trash"
            aria-label={`Remove field ${index + 1}`}
            disabled={fields.length === 1}
            onClick={() => onChange(fields.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <div>
        <Button kind="quiet" icon="plus" onClick={() => onChange([...fields, NO_FIELD])}>
          Add a field
        </Button>
      </div>
    </fieldset>
  );
}

function typeLabel(type: FieldType): string | undefined {
  return FIELD_TYPES.find(({ value }) => value === type)?.label.toLowerCase();
}
