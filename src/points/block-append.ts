import type { EntityManager } from 'typeorm';
import { insertBlocks } from './block-inserts';
import { readTogether } from '../database/together';
import type { Schema } from '../sources/schema';
import type { StoredSource } from '../sources/source-rows';
import { boundsOfBlock, type PointBlock } from './point-block';
import { addToRollups, POINTS_SLOT, ROLLUP_WINDOW_MILLIS, rollupWindowOf } from './rollups';
import { Summary } from './summary';

const FIND_BETWEEN = 'SELECT at FROM points WHERE source = ? AND at >= ? AND at <= ? LIMIT 1';

/**
 * Inserts the points of blocks and adds them to the rollups, if none of them has the time of another one or of a stored point.
 *
 * @param latest the time of the latest stored point; null if there is none
 * @returns whether they were stored. If not, nothing has been changed
 */
export async function storeBlocks(
  manager: EntityManager,
  source: StoredSource,
  blocks: readonly PointBlock[],
  latest: number | null,
): Promise<boolean> {
  const sorted = inOrderOfTime(blocks);
  if (!sorted || !(await areAllNew(manager, source.number, sorted, latest))) return false;
  await insertBlocks(manager, source.number, sorted);
  await addToRollups(manager, [{ source, windows: summariesOf(source.schema, sorted) }]);
  return true;
}

/** Undefined if two of them overlap. */
function inOrderOfTime(blocks: readonly PointBlock[]): PointBlock[] | undefined {
  const sorted = [...blocks].sort((one, other) => boundsOfBlock(one).first - boundsOfBlock(other).first);
  let before = -Infinity;
  for (const block of sorted) {
    const { first, last } = boundsOfBlock(block);
    if (first <= before) return undefined;
    before = last;
  }
  return sorted;
}

async function areAllNew(
  manager: EntityManager,
  source: number,
  blocks: readonly PointBlock[],
  latest: number | null,
): Promise<boolean> {
  for (const block of blocks) {
    const { first, last } = boundsOfBlock(block);
    if (latest === null || first > latest) return true;
    if ((await readTogether(manager, FIND_BETWEEN, [source, first, last])).length > 0) return false;
  }
  return true;
}

/** The aggregates of the points, by rollup window and slot. */
function summariesOf(schema: Schema, blocks: readonly PointBlock[]): Map<number, Map<number, Summary>> {
  const windows = new Map<number, Map<number, Summary>>();
  for (const block of blocks)
    for (let from = 0; from < block.ats.length;) {
      const rollupWindow = rollupWindowOf(block.ats[from] as number);
      const end = (rollupWindow + 1) * ROLLUP_WINDOW_MILLIS;
      let to = from + 1;
      while (to < block.ats.length && (block.ats[to] as number) < end) to += 1;
      const summaries = windows.get(rollupWindow) ?? new Map<number, Summary>();
      windows.set(rollupWindow, summaries);
      addRun(summaries, schema, block, [from, to]);
      from = to;
    }
  return windows;
}

function addRun(
  summaries: Map<number, Summary>,
  schema: Schema,
  { ats, columns }: PointBlock,
  [from, to]: readonly [number, number],
): void {
  const summaryOf = (slot: number) => {
    const summary = summaries.get(slot) ?? new Summary();
    summaries.set(slot, summary);
    return summary;
  };
  summaryOf(POINTS_SLOT).addBooleans(ats, from, to, [true, true]);
  for (const { slot, type } of schema) {
    const values = columns[slot];
    if (!values) continue;
    if (type === 'number') summaryOf(slot).addRun(ats, values, from, to);
    else summaryOf(slot).addBooleans(ats, from, to, [values[from] === 1, values[to - 1] === 1]);
  }
}
