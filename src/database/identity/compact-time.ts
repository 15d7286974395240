/** A time in UTC as names of files have it: `20260131T120000Z`. */
export function compactTime(millis: number): string {
  return new Date(millis).toISOString().replace(/[-:]|\.\d+/g, '');
}
