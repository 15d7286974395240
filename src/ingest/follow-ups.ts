import type { AfterCommit } from './point-observer';

/** What follows from the points of some requests, which are given by their indexes. */
export interface FollowUp {
  readonly requests: readonly number[];
  readonly afterCommit: AfterCommit;
}

/** Starts what follows. Gives what each request still waits for, by its index. */
export function startAll(followUps: readonly FollowUp[]): Map<number, Promise<unknown>> {
  const waits = new Map<number, Promise<unknown>>();
  for (const { requests, afterCommit } of followUps) {
    const work = afterCommit();
    if (!work) continue;
    for (const index of requests) waits.set(index, Promise.all([waits.get(index), work]));
  }
  return waits;
}
