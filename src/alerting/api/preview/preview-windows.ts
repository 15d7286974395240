import type { EntityManager } from 'typeorm';
import { occupiedWindows } from '../../../points/occupied-windows';
import { hasPending } from '../../../points/pending-rollups';
import type { Range } from '../../../points/point-store';
import { readRollups, ROLLUP_WINDOW_MILLIS } from '../../../points/rollups';
import type { Summary } from '../../../points/summary';
import type { Field } from '../../../sources/schema';
import { ValueRange } from '../../conditions/value-range';

/** Rollup windows that are read in a few milliseconds. */
const WINDOWS_PER_READ = 500;

/** A rollup window with points, as a preview sees it. */
export interface PreviewWindow {
  readonly rollupWindow: number;
  readonly range: Range;
  readonly points: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** The aggregates of the fields of the condition that have values, by name. */
  readonly summaries: ReadonlyMap<string, Summary>;
  /** The ranges of their values; undefined if the rollups know too little of them: of a field whose values are not numbers, or while they are pending. */
  readonly ranges: ReadonlyMap<string, ValueRange> | undefined;
}

/** Reads the first rollup windows with points of a range of windows. Fewer than `WINDOWS_PER_READ` means that there are no more. */
export async function readWindows(
  manager: EntityManager,
  source: number,
  fields: readonly Field[],
  windows: readonly [from: number, to: number],
): Promise<{ readonly windows: readonly PreviewWindow[]; readonly isLast: boolean }> {
  const occupied = await occupiedWindows(manager, source, windows, WINDOWS_PER_READ);
  const [first, last] = [occupied[0], occupied.at(-1)];
  if (!first || !last) return { windows: [], isLast: true };
  const read = [first.rollupWindow, last.rollupWindow + 1] as const;
  const all = await readRollups(manager, source, undefined, read);
  const ofFields = await Promise.all(
    fields.map(async (field) => {
      const rows = await readRollups(manager, source, field, read);
      return [field, new Map(rows.map(({ rollupWindow, summary }) => [rollupWindow, summary]))] as const;
    }),
  );
  const isPending = await hasPending(manager, source, read);
  const found = all.map(({ rollupWindow, summary }): PreviewWindow => {
    const summaries = new Map<string, Summary>();
    for (const [{ name }, summaryOf] of ofFields) {
      const own = summaryOf.get(rollupWindow);
      if (own) summaries.set(name, own);
    }
    return {
      ...{
        rollupWindow,
        range: [rollupWindow * ROLLUP_WINDOW_MILLIS, (rollupWindow + 1) * ROLLUP_WINDOW_MILLIS],
        summaries,
      },
      ...{ points: summary.n, firstAt: summary.firstAt, lastAt: summary.lastAt },
      ranges: isPending ? undefined : rangesOf(fields, summaries),
    };
  });
  return { windows: found, isLast: occupied.length < WINDOWS_PER_READ };
}

function rangesOf(
  fields: readonly Field[],
  summaries: ReadonlyMap<string, Summary>,
): ReadonlyMap<string, ValueRange> | undefined {
  const ranges = new Map<string, ValueRange>();
  for (const { name, type } of fields) {
    const summary = summaries.get(name);
    if (!summary) continue;
    if (type !== 'number') return undefined;
    const range = new ValueRange();
    range.addNumber(summary.min);
    range.addNumber(summary.max);
    ranges.set(name, range);
  }
  return ranges;
}
