import { ROLLUP_WINDOW_MILLIS } from '../../points/rollups';
import { MOST_ROLLUPS } from '../rollup-count';
import { LineParser } from './line-parser';
import { LineSlice, MOST_SHARED_BLOCKS } from './line-slice';
import { LineReader } from './written-lines';

/** How many of these lines a slice takes until it is full. */
function takenOf(text: string, isShared: boolean): number {
  const slice = new LineSlice(new LineReader(0), isShared);
  const sink = { line: (line: Parameters<LineSlice['add']>[0]) => void slice.add(line), invalid: () => {} };
  new LineParser(sink, 'ms').parse(Buffer.from(text), true, () => !slice.isFull);
  return slice.lines;
}

it('has few data sources while other callers store points, and as many points of one as otherwise', () => {
  const ofMany = Array.from({ length: 2000 }, (_, index) => `m,id=${index} v=1 ${index}\n`).join('');
  const ofOne = Array.from({ length: 2000 }, (_, index) => `m,id=1 v=1 ${index}\n`).join('');
  // The parser asks after some lines whether it goes on.
  expect(takenOf(ofMany, true)).toBeGreaterThanOrEqual(MOST_SHARED_BLOCKS);
  expect(takenOf(ofMany, true)).toBeLessThan(2 * MOST_SHARED_BLOCKS);
  expect(takenOf(ofMany, false)).toBeGreaterThanOrEqual(1000);
  expect(takenOf(ofOne, true)).toBe(2000);
});

it('has fewer lines if each changes rollups of its own', () => {
  const linesOf = (fields: number, stepMillis: number) => {
    const values = Array.from({ length: fields }, (_, index) => `v${index}=1`).join();
    return Array.from({ length: 2000 }, (_, index) => `m ${values} ${index * stepMillis}\n`).join('');
  };
  const quarter = ROLLUP_WINDOW_MILLIS;
  expect(takenOf(linesOf(1, 1), false)).toBe(2000);
  expect(takenOf(linesOf(1, quarter), false)).toBeLessThan(MOST_ROLLUPS / 2 + 100);
  const wide = takenOf(linesOf(100, quarter), false);
  expect(wide).toBeGreaterThanOrEqual(Math.floor(MOST_ROLLUPS / 101));
  expect(wide).toBeLessThan(MOST_ROLLUPS / 101 + 50);
});
