/**
 * The path of a sparkline in a box of this size, with gaps where values are null. A line that never changes runs through the middle.
 *
 * @param times ascending
 */
export function sparklinePath(
  times: readonly number[],
  values: readonly (number | null | undefined)[],
  { width, height, from, to }: { width: number; height: number; from: number; to: number },
): string {
  const known = values.filter((value) => value !== null && value !== undefined);
  const least = Math.min(...known);
  const span = Math.max(...known) - least;
  const x = (at: number) => round(((at - from) / Math.max(1, to - from)) * width);
  const y = (value: number) => round(span === 0 ? height / 2 : height - ((value - least) / span) * height);
  let isDrawing = false;
  const steps = times.map((at, index) => {
    const value = values[index];
    if (value === null || value === undefined) {
      isDrawing = false;
      return '';
    }
    const hasNext = values[index + 1] !== null && values[index + 1] !== undefined;
    // A point between two gaps is a short stroke, since a line of no length is not drawn.
    const step = isDrawing ? `L${x(at)} ${y(value)}` : `M${x(at)} ${y(value)}${hasNext ? '' : 'h1'}`;
    isDrawing = true;
    return step;
  });
  return steps.join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
