import { SelectField, TextField } from '../../components/field';
import type { Source } from '../bucket/source-queries';
import type { Column, Target } from './columns';

interface TargetChoiceProps {
  readonly target: Target;
  readonly sources: readonly Source[];
  readonly columns: readonly Column[];
  /** For a new data source. */
  readonly newName: string;
  readonly onChange: (target: Target) => void;
}

/** Where the points go. */
export function TargetChoice({ target, sources, columns, newName, onChange }: TargetChoiceProps) {
  const named = columns.find(({ use }) => use === 'source');
  const active = sources.filter(({ status }) => status === 'active');
  const choose = (value: string) => {
    if (value === NEW) onChange({ kind: 'new', name: newName });
    else if (value === COLUMN) onChange({ kind: 'column' });
    else onChange({ kind: 'existing', sourceId: value });
  };
  return (
    <div className="form">
      <SelectField
        label="Data source"
        value={target.kind === 'existing' ? target.sourceId : target.kind}
        options={[
          ...(named ? [{ value: COLUMN, label: `One for each value of ${named.title}` }] : []),
          { value: NEW, label: 'A new one' },
          ...active.map(({ _id, name }) => ({ value: _id, label: name })),
        ]}
        onChange={({ target: { value } }) => choose(value)}
        hint={
          target.kind === 'column'
            ? 'Data sources that do not exist yet are created. Existing ones get the fields that they do not have.'
            : target.kind === 'existing'
              ? 'Fields that it does not have yet are added. A point with a time that it has replaces the one that is stored.'
              : undefined
        }
      />
      {target.kind === 'new' && (
        <TextField
          label="Name of the new data source"
          required
          maxLength={100}
          value={target.name}
          onChange={({ target: { value } }) => onChange({ kind: 'new', name: value })}
        />
      )}
    </div>
  );
}

const NEW = 'new';
const COLUMN = 'column';
