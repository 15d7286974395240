import { useCallback, useEffect, useRef, useState } from 'react';
import { useToast } from '../../components/toasts';
import { dropDraft, keepDraft, keptDraft } from './drafts';
import { isSame, type RuleDraft } from './rule-draft';

/**
 * A form whose changes are kept when it is left, and are there again when it is opened again. Leaving the console asks first.
 *
 * @param path the address of the form
 */
export function useKeptDraft(path: string, saved: RuleDraft) {
  const present = useRef(path);
  const [kept] = useState(() => keptDraft(path));
  const [draft, setDraft] = useState(kept ?? saved);
  const [isRestored, setRestored] = useState(kept !== undefined);
  const isDirty = !isSame(draft, saved);
  const last = useRef<RuleDraft>(undefined);
  const isDropped = useRef(false);
  const toast = useToast();
  useEffect(() => {
    last.current = isDirty ? draft : undefined;
    present.current = path;
  }, [draft, isDirty, path]);
  useEffect(
    () => () => {
      if (isDropped.current || !last.current) return dropDraft(present.current);
      keepDraft(present.current, last.current);
      toast('Your changes are not saved. Open Alerts to continue', 'bad');
    },
    [toast],
  );
  useEffect(() => {
    if (!isDirty) return undefined;
    const warn = (event: BeforeUnloadEvent) => {
      if (!isDropped.current) event.preventDefault();
    };
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [isDirty]);
  const change = useCallback((changes: Partial<RuleDraft>) => setDraft((before) => ({ ...before, ...changes })), []);
  return {
    draft,
    change,
    isDirty,
    isRestored,
    /** Back to what is saved. */
    discard: () => {
      setDraft(saved);
      setRestored(false);
    },
    /** It was saved: nothing is kept. */
    drop: () => {
      isDropped.current = true;
    },
  };
}
