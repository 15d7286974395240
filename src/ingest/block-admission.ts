import type { OpenSource, Part } from './part';
import type { SentPoint } from './point-check';
import { PointError } from './point-error';
import { packedBlock, pointsOfSent, type SentBlock } from './sent-block';

/**
 * Adds the blocks of a request that can be stored as they are to its parts.
 *
 * @param opened the sources by id
 * @param from points before this time are rejected
 * @returns the points of the other blocks, which have to be checked one by one
 */
export function withoutBlocks(
  blocks: readonly SentBlock[],
  opened: ReadonlyMap<string, OpenSource | PointError>,
  from: number,
  parts: Map<OpenSource, Part>,
): SentPoint[] {
  const bySource = new Map<string, SentBlock[]>();
  for (const block of blocks) {
    const own = bySource.get(block.dataSourceId);
    if (own) own.push(block);
    else bySource.set(block.dataSourceId, [block]);
  }
  const others: SentPoint[] = [];
  for (const [id, own] of bySource) {
    const source = opened.get(id);
    const packed =
      source instanceof PointError || !source ? [] : own.map((one) => packedBlock(one, source.schema, from));
    const whole = packed.filter((block) => block !== undefined);
    // All or none of a source, because a later point may have the time of an earlier one.
    if (source && !(source instanceof PointError) && whole.length === own.length)
      parts.set(source, { blocks: whole, points: [], texts: [], indexes: [] });
    else others.push(...own.flatMap(pointsOfSent));
  }
  return others;
}
