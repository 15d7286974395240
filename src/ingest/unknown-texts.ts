import type { SentPoint } from './point-check';

/**
 * Counts the distinct metadata texts of points that are not known yet. The same text counts once for each data source.
 *
 * @param isKnown whether the number of this metadata of a data source is known
 */
export function countUnknownTexts(
  points: readonly Pick<SentPoint, 'dataSourceId' | 'metadata'>[],
  isKnown: (dataSourceId: string, text: string) => boolean,
): number {
  const unknown = new Set<string>();
  for (const { dataSourceId, metadata } of points)
    if (metadata !== null && !isKnown(dataSourceId, metadata)) unknown.add(`${dataSourceId} ${metadata}`);
  return unknown.size;
}
