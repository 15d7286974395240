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
  /** The texts of each data source that were looked at. */
  const seen = new Map<string, Set<string>>();
  let [last, texts] = ['', new Set<string>()];
  let count = 0;
  for (const { dataSourceId, metadata } of points) {
    if (metadata === null) continue;
    if (dataSourceId !== last) {
      last = dataSourceId;
      texts = seen.get(last) ?? new Set();
      seen.set(last, texts);
    }
    if (texts.has(metadata)) continue;
    texts.add(metadata);
    if (!isKnown(dataSourceId, metadata)) count += 1;
  }
  return count;
}
