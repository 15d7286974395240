type Values = readonly (number | null)[];

export interface Columns {
  readonly times: readonly number[];
  readonly columns: readonly Values[];
}

/** A device that leaves out this many of its points was silent. */
const SILENCE = 4;

/**
 * The same columns with a row of nulls in each silence, so that a line has a gap there. What a silence is depends on how often points usually
 * come: a device that sends each ten minutes has no gaps in steps of one minute.
 */
export function withGaps({ times, columns }: Columns, stepMillis: number): Columns {
  const most = SILENCE * Math.max(stepMillis, usualDistance(times));
  const places = times.flatMap((time, index) => {
    const before = times[index - 1];
    return before !== undefined && time - before > most ? [null, index] : [index];
  });
  if (places.length === times.length) return { times, columns };
  return {
    times: places.map((place, index) => times[place ?? -1] ?? (times[places[index - 1] ?? 0] ?? 0) + stepMillis),
    columns: columns.map((column) => places.map((place) => (place === null ? null : (column[place] ?? null)))),
  };
}

/** The median distance of neighbors. */
function usualDistance(times: readonly number[]): number {
  const distances = times.slice(1).map((time, index) => time - (times[index] ?? time));
  return distances.sort((one, other) => one - other)[Math.floor(distances.length / 2)] ?? 0;
}
