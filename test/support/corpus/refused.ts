import { DURATIONS } from './refused-durations';
import { FIELDS } from './refused-fields';
import { NUMBERS } from './refused-numbers';
import { STRUCTURE } from './refused-structure';

/** A text that must not be accepted, and the message. `…` stands for "Cannot parse the condition". */
export type Refused = readonly [written: string, message: string];

/** Texts that must be refused, on the schema in `conditions.ts`. */
export const REFUSED: readonly Refused[] = [...DURATIONS, ...FIELDS, ...NUMBERS, ...STRUCTURE];
