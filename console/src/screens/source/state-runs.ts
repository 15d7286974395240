/** How long a string or boolean had a value. */
export interface StateRun {
  readonly from: number;
  readonly to: number;
  readonly value: string;
}

/**
 * The times in which a field had one value after the other. Each point holds until the next one.
 *
 * @param times ascending
 * @param end where the last value ends
 */
export function runsOf(times: readonly number[], values: readonly unknown[], end: number): StateRun[] {
  const runs: { from: number; to: number; value: string }[] = [];
  times.forEach((time, index) => {
    const value = values[index];
    if (value === null || value === undefined) return;
    const last = runs.at(-1);
    if (last) last.to = time;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (last?.value !== text) runs.push({ from: time, to: time, value: text });
  });
  const last = runs.at(-1);
  if (last) last.to = Math.max(last.from, end);
  return runs;
}
