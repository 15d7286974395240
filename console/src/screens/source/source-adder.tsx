import { useState } from 'react';
import { Button } from '../../components/button';
import { TextField } from '../../components/field';
import { formatCount } from '../../lib/numbers';
import type { Charted } from './chart-series';

/** A bucket can have thousands of data sources: the others are found by their name. */
const MAX_SHOWN = 6;

interface SourceAdderProps {
  /** Those that are not in the chart. */
  readonly sources: readonly Charted[];
  readonly onAdd: (id: string) => void;
}

/** Finds other data sources by name, and adds them to the chart. */
export function SourceAdder({ sources, onAdd }: SourceAdderProps) {
  const [wanted, setWanted] = useState('');
  const words = wanted.trim().toLowerCase();
  const found = sources.filter(({ name }) => name.toLowerCase().includes(words));
  return (
    <div className="source-adder">
      <TextField
        label="Add a data source"
        type="search"
        placeholder="Find by name"
        value={wanted}
        hint={hintOf(found.length)}
        onChange={({ target }) => setWanted(target.value)}
      />
      <div className="source-found" role="group" aria-label="Data sources to add">
        {found.slice(0, MAX_SHOWN).map(({ _id, name }) => (
          <Button key={_id} kind="quiet" icon="plus" onClick={() => onAdd(_id)}>
            {name}
          </Button>
        ))}
      </div>
    </div>
  );
}

function hintOf(count: number): string | undefined {
  if (count === 0) return 'No data source has this name';
  return count > MAX_SHOWN ? `The first ${MAX_SHOWN} of ${formatCount(count)}` : undefined;
}
