import type { EntityManager } from 'typeorm';
import type { StoredSource } from '../sources/source-rows';
import { appendNewBlocks, appendPoints, type Appended } from './point-append';
import { pointsOfBlocks, type PointBlock } from './point-block';

/** Blocks of a source for each request, as they are sent to a worker thread. */
export interface BlocksCall {
  readonly source: StoredSource;
  readonly requests: readonly (readonly PointBlock[])[];
  /** Whether the points of each request are merged with stored ones. */
  readonly merges: readonly boolean[];
  readonly isHistory: boolean;
}

/** Functions that the main thread calls in the worker thread. */
export const POINT_CALLS = {
  appendBlocks: async (
    manager: EntityManager,
    { source, requests, merges, isHistory }: BlocksCall,
  ): Promise<Appended[]> => {
    const appended = await appendNewBlocks(manager, source, requests, isHistory);
    const options = { isHistory, merges: (request: number) => merges[request] === true };
    return appended ?? appendPoints(manager, source, requests.map(pointsOfBlocks), options);
  },
};
