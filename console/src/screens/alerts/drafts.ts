import { sessions } from '../../session/session-store';
import type { RuleDraft } from './rule-draft';

/** A form that was left with changes. */
export interface KeptDraft {
  /** The address of the form. */
  readonly path: string;
  readonly draft: RuleDraft;
}

/**
 * Forms of rules that were left before they were saved. They are kept in memory alone, since headers may contain passwords, until they
 * are saved or discarded, or the person signs out.
 */
const kept = new Map<string, KeptDraft>();

sessions.subscribe((state) => {
  if (state.status === 'closed' && state.reason === 'signed-out') kept.clear();
});

export function keptDraft(path: string): RuleDraft | undefined {
  return kept.get(path)?.draft;
}

export function keepDraft(path: string, draft: RuleDraft): void {
  kept.set(path, { path, draft });
}

export function dropDraft(path: string): void {
  kept.delete(path);
}

export function keptDrafts(): KeptDraft[] {
  return [...kept.values()];
}
