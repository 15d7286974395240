import { randomInt } from 'node:crypto';

const LARGEST_INTEGER = 2 ** 31 - 1;

/**
 * A stamp for `data_sources.metadata_stamp`. It is random: a counter would reach the same value again after a restore or a lossy
 * fail-over, for other metadata.
 */
export function newStamp(): number {
  return randomInt(1, LARGEST_INTEGER);
}

/** A `data_sources.metadata_version` during a sweep. Random for the same reason. */
export function newSweep(): number {
  return 2 * randomInt(0, 2 ** 30 - 1) + 1;
}

/** The version that follows once the sweep is done. */
export function endOfSweep(sweep: number): number {
  return sweep + 1;
}

export function isSweeping(version: number): boolean {
  return version % 2 === 1;
}
