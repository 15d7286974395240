import { useSyncExternalStore } from 'react';
import { queryClient } from '../../api/query-client';
import { sessions } from '../../session/session-store';
import { BUCKETS } from '../buckets/bucket-queries';
import type { ImportJob, JobState } from './import-job';

/** The import of this tab: one at a time. It is not part of a screen, so that others can be looked at meanwhile. */
let present: ImportJob | undefined;
const listeners = new Set<() => void>();

function set(job: ImportJob | undefined): void {
  present = job;
  for (const listener of listeners) listener();
}

/** Starts an import. */
export function startJob(job: ImportJob): void {
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

// What one key has begun is not for the next one.
sessions.subscribe(({ status }) => {
  if (status === 'closed') dropJob();
});

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
