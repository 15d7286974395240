import type { RecordedPoints } from '../ingest/commit-journal';

/** Where a point is stored. */
export interface PointPlace {
  readonly source: number;
  readonly at: number;
  readonly meta: number;
}

/** Writes the places of points by source: `[[source, at, meta, at - previous at, meta, …], …]`. */
export function writePlaces(parts: readonly Pick<RecordedPoints, 'source' | 'points'>[]): string {
  const lists = parts.map(({ source, points }) => {
    const list = [source];
    let before = 0;
    for (const { at, meta } of points) {
      list.push(at - before, meta);
      before = at;
    }
    return list;
  });
  return JSON.stringify(lists);
}

/** Reads what `writePlaces` wrote, in its order. Empty for an empty text. */
export function readPlaces(text: string): PointPlace[] {
  if (text === '') return [];
  const places: PointPlace[] = [];
  for (const [source = 0, ...numbers] of JSON.parse(text) as number[][]) {
    let at = 0;
    for (let index = 0; index < numbers.length; index += 2) {
      at += numbers[index] ?? 0;
      places.push({ source, at, meta: numbers[index + 1] ?? 0 });
    }
  }
  return places;
}

/** Splits the points of a commit into parts of at most `most` points, for one row each. */
export function* rowsOf(stored: readonly RecordedPoints[], most: number): Generator<readonly RecordedPoints[]> {
  let row: RecordedPoints[] = [];
  let left = most;
  for (const { points, ...of } of stored) {
    for (let begin = 0; begin < points.length;) {
      const some = points.slice(begin, begin + left);
      row.push({ ...of, points: some });
      begin += some.length;
      left -= some.length;
      if (left > 0) continue;
      yield row;
      row = [];
      left = most;
    }
  }
  if (row.length > 0) yield row;
}
