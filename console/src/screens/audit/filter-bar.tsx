import { Button } from '../../components/button';
import { SelectField, TextField } from '../../components/field';
import { Filters } from '../../components/filters';
import type { SearchChange } from '../../lib/address-state';
import { AboutField } from './about-field';
import { ACTION_OPTIONS, FILTER_NAMES } from './audit-filter';
import type { Known } from './audit-queries';

interface FilterBarProps {
  readonly values: URLSearchParams;
  readonly onChange: (change: SearchChange) => void;
  readonly known: Known;
}

/** What of the log is shown. */
export function FilterBar({ values, onChange, known }: FilterBarProps) {
  const field = (name: (typeof FILTER_NAMES)[number]) => ({
    value: values.get(name) ?? '',
    onChange: ({ target }: { readonly target: { readonly value: string } }) =>
      onChange({ [name]: target.value || null }),
  });
  const count = FILTER_NAMES.filter((name) => values.has(name)).length;
  return (
    <div className="audit-filters">
      <Filters count={count}>
        <SelectField
          label="Kind"
          options={[{ value: '', label: 'All kinds' }, ...ACTION_OPTIONS]}
          {...field('action')}
        />
        <SelectField label="Done by" options={withChosen('Everyone', known.keys, values.get('by'))} {...field('by')} />
        <SelectField
          label="Bucket"
          options={withChosen('All buckets', known.buckets, values.get('bucket'))}
          {...field('bucket')}
        />
        <TextField label="From" type="date" {...field('from')} />
        <TextField label="To" type="date" {...field('to')} />
        {values.has('of') ? (
          <Button icon="cross" onClick={() => onChange({ of: null })}>
            About {nameOf(values.get('of') ?? '', known)}
          </Button>
        ) : (
          <AboutField known={known} onChoose={(of) => onChange({ of })} />
        )}
        {count > 0 && (
          <Button
            kind="quiet"
            icon="cross"
            onClick={() => onChange(Object.fromEntries(FILTER_NAMES.map((name) => [name, null])))}
          >
            Show everything
          </Button>
        )}
      </Filters>
    </div>
  );
}

interface Named {
  readonly _id: string;
  readonly name: string;
}

/** Options by name. One that is chosen but not known, such as a deleted key, is there too. */
function withChosen(all: string, rows: readonly Named[], chosen: string | null) {
  const sorted = [...rows].sort((one, other) => one.name.localeCompare(other.name, 'en', { numeric: true }));
  const options = sorted.map(({ _id, name }) => ({ value: _id, label: name }));
  const isUnknown = chosen !== null && !rows.some(({ _id }) => _id === chosen);
  return [
    { value: '', label: all },
    ...(isUnknown ? [{ value: chosen, label: `…${chosen.slice(-6)}` }] : []),
    ...options,
  ];
}

function nameOf(id: string, known: Known): string {
  return known.key(id)?.name ?? known.bucket(id) ?? known.source(id) ?? `…${id.slice(-6)}`;
}
