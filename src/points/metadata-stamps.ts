import { randomInt } from 'node:crypto';

const LARGEST_INTEGER = 2 ** 31 - 1;

/**
 * A value for `data_sources.metadata_stamp`. It is random because a counter could repeat a value for other metadata after a restore
 * or a lossy failover.
 */
export function newStamp(): number {
  return randomInt(1, LARGEST_INTEGER);
}

/** A `data_sources.metadata_version` during a sweep. Random for the same reason. */
export function newSweep(): number {
  return 2 * randomInt(0, 2 ** 30 - 1) + 1;
}

/** The version after a sweep has ended. */
export function endOfSweep(sweep: number): number {
  return sweep + 1;
}

export function isSweeping(version: number): boolean {
  return version % 2 === 1;
}
