import { useId, useState, type ReactNode } from 'react';
import { Button } from './button';

interface FiltersProps {
  /** How many of them are set. */
  readonly count: number;
  readonly children: ReactNode;
}

/** Filters of a list. A phone shows them when their button is pressed, so that the list itself is in sight. */
export function Filters({ count, children }: FiltersProps) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <>
      <Button
        className="filters-button"
        icon={isOpen ? 'up' : 'down'}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        {count > 0 ? `Filters (${count})` : 'Filters'}
      </Button>
      <div id={id} className="filters" data-open={isOpen || undefined}>
        {children}
      </div>
    </>
  );
}
