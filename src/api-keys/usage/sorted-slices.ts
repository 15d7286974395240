import { setImmediate } from 'node:timers/promises';

/** This many ids are sorted within a few milliseconds. */
const IDS_PER_RUN = 5000;

/**
 * Yields sorted ids in slices. Sorting a hundred thousand ids at once would take 60 ms. Here each turn of the event loop sorts a run,
 * and the runs are merged while the slices are read.
 */
export async function* sortedSlices(ids: readonly string[], length: number): AsyncGenerator<string[]> {
  const runs: string[][] = [];
  for (let start = 0; start < ids.length; start += IDS_PER_RUN) {
    // In descending order, so that the smallest id is taken from the end.
    runs.push(
      ids
        .slice(start, start + IDS_PER_RUN)
        .sort()
        .reverse(),
    );
    await setImmediate();
  }
  for (let given = 0; given < ids.length; given += length) {
    yield Array.from({ length: Math.min(length, ids.length - given) }, () => takeLeast(runs));
  }
}

function takeLeast(runs: readonly string[][]): string {
  let least: string[] = [];
  for (const run of runs) {
    const id = run.at(-1);
    const other = least.at(-1);
    if (id !== undefined && (other === undefined || id < other)) least = run;
  }
  return least.pop() ?? '';
}
