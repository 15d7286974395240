import type { EntityManager } from 'typeorm';
import type { StoredSource } from '../sources/source-rows';
import { RecomputeBudget } from './recompute-budget';
import { appendNewBlocks, appendPoints } from './point-append';
import type { Appended } from './settled-points';
import { pointsOfBlocks, type PointBlock } from './point-block';

/** Blocks of a source for each request, as they are sent to a worker thread. */
export interface BlocksCall {
  readonly source: StoredSource;
  readonly requests: readonly (readonly PointBlock[])[];
  /** Whether the points of each request are merged with stored ones. */
  readonly merges: readonly boolean[];
  readonly isHistory: boolean;
  /** What is left of the recomputing that this call may do: see `AppendOptions.budget`. */
  readonly budget: number;
}

export interface BlocksResult {
  readonly appended: Appended[];
  /** Whether rollups were left pending. */
  readonly isPending: boolean;
}

/** Functions that the main thread calls in the worker thread. */
export const POINT_CALLS = {
  appendBlocks: async (
    manager: EntityManager,
    { source, requests, merges, isHistory, budget }: BlocksCall,
  ): Promise<BlocksResult> => {
    let isPending = false;
    const options = {
      ...{ isHistory, budget: new RecomputeBudget(budget), onPending: () => (isPending = true) },
      merges: (request: number) => merges[request] === true,
    };
    const appended =
      (await appendNewBlocks(manager, source, requests, { isHistory })) ??
      (await appendPoints(manager, source, requests.map(pointsOfBlocks), options));
    return { appended, isPending };
  },
};
