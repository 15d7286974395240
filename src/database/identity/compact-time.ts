/** A UTC time for file names: `20260131T120000Z`. */
export function compactTime(millis: number): string {
  return new Date(millis).toISOString().replace(/[-:]|\.\d+/g, '');
}
