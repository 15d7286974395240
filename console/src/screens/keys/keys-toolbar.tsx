import { Checkbox, SelectField, TextField } from '../../components/field';
import { Filters } from '../../components/filters';
import { Toolbar } from '../../components/page';
import type { SearchChange } from '../../lib/address-state';
import { filterCount, type KeyListFilter } from './key-list-filter';

const TYPES = [
  { value: 'all', label: 'All types' },
  { value: 'admin', label: 'Admin' },
  { value: 'write', label: 'Write' },
  { value: 'read', label: 'Read' },
];
const STATES = [
  { value: '', label: 'All states' },
  { value: 'active', label: 'Active' },
  { value: 'disabled', label: 'Disabled' },
  { value: 'replaced', label: 'Replaced' },
  { value: 'expired', label: 'Expired' },
];

interface KeysToolbarProps {
  readonly filter: KeyListFilter;
  readonly bucketNames: ReadonlyMap<string, string>;
  readonly change: (changes: SearchChange, options?: { replace?: boolean }) => void;
}

/** Which keys are listed. All of it is in the address. */
export function KeysToolbar({ filter, bucketNames, change }: KeysToolbarProps) {
  return (
    <Toolbar>
      <TextField
        label="Find a key"
        isLabelUnseen
        type="search"
        placeholder="Find by name or key"
        value={filter.q ?? ''}
        onChange={({ target }) => change({ q: target.value || null }, { replace: true })}
      />
      <Filters count={filterCount(filter)}>
        <SelectField
          label="Type"
          isLabelUnseen
          options={TYPES}
          value={filter.type}
          onChange={({ target }) => change({ type: target.value === 'all' ? null : target.value })}
        />
        <SelectField
          label="Bucket"
          isLabelUnseen
          options={[{ value: '', label: 'All buckets' }, ...bucketOptions(bucketNames, filter.bucketId)]}
          value={filter.bucketId ?? ''}
          onChange={({ target }) => change({ bucket: target.value || null })}
        />
        <SelectField
          label="State"
          isLabelUnseen
          options={STATES}
          value={filter.state ?? ''}
          onChange={({ target }) => change({ state: target.value || null })}
        />
        <div className="keys-switches">
          <Checkbox
            label="Unused for 30 days"
            checked={filter.unusedForDays !== undefined}
            onChange={({ target }) => change({ unused: target.checked ? '1' : null })}
          />
          <Checkbox
            label="With open sessions"
            checked={filter.include !== undefined}
            onChange={({ target }) => change({ sessions: target.checked ? '1' : null })}
          />
        </div>
      </Filters>
    </Toolbar>
  );
}

/** Buckets by name. One that an address names is among them while names are loading. */
export function bucketOptions(names: ReadonlyMap<string, string>, chosen?: string) {
  const known = chosen === undefined || names.has(chosen) ? [] : [{ value: chosen, label: 'This bucket' }];
  const options = [...names].map(([value, label]) => ({ value, label }));
  return [...known, ...options.sort((one, other) => one.label.localeCompare(other.label, 'en', { numeric: true }))];
}
