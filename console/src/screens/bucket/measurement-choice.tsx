import { useMemo } from 'react';
import { SelectField } from '../../components/field';
import type { Source } from './source-queries';

interface MeasurementChoiceProps {
  readonly sources: readonly Source[];
  readonly value: string | undefined;
  readonly onChange: (measurement: string | null) => void;
}

/** Chooses one of the measurements of line protocol. Nothing where there is none. */
export function MeasurementChoice({ sources, value, onChange }: MeasurementChoiceProps) {
  const names = useMemo(() => {
    const found = new Set(sources.flatMap(({ measurement }) => measurement ?? []));
    if (value !== undefined) found.add(value);
    return [...found].sort((one, other) => one.localeCompare(other));
  }, [sources, value]);
  if (names.length === 0) return null;
  return (
    <SelectField
      label="Measurement"
      isLabelUnseen
      value={value ?? ''}
      options={[{ value: '', label: 'All measurements' }, ...names.map((name) => ({ value: name, label: name }))]}
      onChange={({ target }) => onChange(target.value === '' ? null : target.value)}
    />
  );
}
