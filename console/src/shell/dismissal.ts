import { useState } from 'react';
import { scoped } from '../api/server';
import { readStored, writeStored } from '../lib/storage';

/** Whether a notice was hidden in this tab, and a way to hide it. */
export function useDismissal(name: string): [boolean, () => void] {
  const key = scoped(`hidden-${name}`);
  const [isDismissed, setDismissed] = useState(() => readStored(() => sessionStorage, key) !== null);
  const dismiss = () => {
    writeStored(() => sessionStorage, key, '1');
    setDismissed(true);
  };
  return [isDismissed, dismiss];
}
