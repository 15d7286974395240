import { COMPARISONS } from './accepted-comparisons';
import { DURATIONS } from './accepted-durations';
import { GROUPS } from './accepted-groups';
import { NO_DATA } from './accepted-no-data';
import { NUMBERS } from './accepted-numbers';
import { STATES } from './accepted-states';

/** A text that people write, and the canonical text of its condition. */
export type Accepted = readonly [written: string, canonical: string];

/** Texts that must be accepted, on the schema in `conditions.ts`. */
export const ACCEPTED: readonly Accepted[] = [
  ...[...COMPARISONS, ...DURATIONS, ...GROUPS],
  ...[...NO_DATA, ...NUMBERS, ...STATES],
];
