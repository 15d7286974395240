const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** A size such as `50 MB` or `1.5 GB`, in multiples of 1024. */
export function formatBytes(bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${value < 100 ? Math.round(value * 10) / 10 : Math.round(value)} ${UNITS[power]}`;
}
