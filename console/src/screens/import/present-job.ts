import { useSyncExternalStore } from 'react';
import { queryClient } from '../../api/query-client';
import { keepOpenWhile } from '../../session/idle-lock';
import { sessions } from '../../session/session-store';
import { BUCKETS } from '../buckets/bucket-queries';
import type { ImportJob, JobState } from './import-job';

/** The import of this tab: one at a time. It is not part of a screen, so that others can be looked at meanwhile. */
let present: ImportJob | undefined;
/** The key whose session it was started in. */
let ownerId: string | undefined;
const listeners = new Set<() => void>();

function set(job: ImportJob | undefined): void {
  present = job;
  for (const listener of listeners) listener();
}

/** Starts an import. */
export function startJob(job: ImportJob): void {
  ownerId = sessions.open?.openedBy;
  set(job);
  job.subscribe(() => {
    const { phase } = job.state;
    if (phase === 'done' || phase === 'stopped' || phase === 'failed')
      void queryClient.invalidateQueries({ queryKey: BUCKETS });
  });
  void job.run();
}

/** Ends what is under way, and shows the choice of a file again. */
export function dropJob(): void {
  present?.stop();
  set(undefined);
}

// Without a session nothing can be sent. The same key can go on; what one key has begun is not for another.
sessions.subscribe((state) => {
  if (state.status === 'closed') present?.stop();
  if (state.status === 'open' && state.session.openedBy !== ownerId) dropJob();
});

keepOpenWhile(() => present?.state.phase === 'running');

addEventListener('beforeunload', (event) => {
  if (present?.state.phase === 'running' || present?.state.phase === 'paused') event.preventDefault();
});

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useJob(): ImportJob | undefined {
  return useSyncExternalStore(subscribe, () => present);
}

export function useJobState(job: ImportJob): JobState {
  return useSyncExternalStore(job.subscribe, () => job.state);
}
