import { readdir } from 'node:fs/promises';
import { getHeapStatistics } from 'node:v8';

/** What the operating system and V8 know of this process. */
export interface ProcessFigures {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly heapUsedBytes: number;
  readonly heapLimitBytes: number;
  readonly startedAtSeconds: number;
  /** Null where the system has no `/proc`. */
  readonly openFiles: number | null;
}

export async function readProcess(): Promise<ProcessFigures> {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return {
    cpuSeconds: (user + system) / 1_000_000,
    residentBytes: rss,
    heapUsedBytes: heapUsed,
    heapLimitBytes: getHeapStatistics().heap_size_limit,
    startedAtSeconds: Date.now() / 1000 - process.uptime(),
    openFiles: await readdir('/proc/self/fd').then(
      (names) => names.length,
      () => null,
    ),
  };
}
