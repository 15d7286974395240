import type { EntityManager } from 'typeorm';
import type { StoredSource } from '../sources/source-rows';
import { threadOf, type Thread } from '../database/sql';
import { appendNewBlocks, type AppendOptions } from './point-append';
import type { PointBlock, SomePoints } from './point-block';
import type { Appended } from './settled-points';
import { RecomputeBudget } from './recompute-budget';
import type { BlocksCall, BlocksResult } from './thread-calls';

/** The points of several requests for one source. */
export interface SourceAppend {
  readonly source: StoredSource;
  readonly requests: readonly SomePoints[];
  readonly options: AppendOptions;
}

/**
 * Stores the points of one locked source if all of them came in blocks and are new, without looking at them one by one. A worker thread
 * also stores others.
 *
 * @returns the counts for each request; undefined if nothing was stored
 */
export async function appendInBlocks(manager: EntityManager, append: SourceAppend): Promise<Appended[] | undefined> {
  const { source, options } = append;
  // A stream shows the points that have changed one by one.
  const blocks = options.changed ? undefined : blocksOf(append);
  if (!blocks) return undefined;
  const thread = threadOf(manager);
  if (thread) return appendInThread(thread, append, blocks);
  return appendNewBlocks(manager, source, blocks, options);
}

/** The blocks of each request, if all points came in blocks. */
function blocksOf({ requests }: SourceAppend): (readonly PointBlock[])[] | undefined {
  const blocks = requests.map((sent) => sent.blocks).filter((some) => some !== undefined);
  return blocks.length === requests.length ? blocks : undefined;
}

async function appendInThread(
  thread: Thread,
  { source: { number, schema }, options }: SourceAppend,
  requests: BlocksCall['requests'],
): Promise<Appended[]> {
  const { budget = new RecomputeBudget(), onPending, isHistory = false } = options;
  const merges = requests.map((_, request) => options.merges?.(request) === true);
  const argument: BlocksCall = { source: { number, schema }, requests, merges, isHistory, budget: budget.left };
  const result = await thread.ask<BlocksResult>({ kind: 'call', name: 'appendBlocks', argument });
  if (result.isPending) onPending?.();
  return result.appended;
}
