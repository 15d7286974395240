import { randomBytes, randomInt } from 'node:crypto';

const PROCESS_PART = randomBytes(5).toString('hex');
const COUNTER_LIMIT = 0x1000000;

let lastSecond = 0;
let counter = 0;

/**
 * Returns a new id: 24 lower-case hex characters in the ObjectId layout (4 bytes of seconds, 5 random ones for this process,
 * 3 of a counter). Ids of one process sort in order of creation, even when the clock steps back. Ids of two
 * processes sort by second only, so lists sort by creation time first.
 */
export function newId(nowMillis = Date.now()): string {
  const second = Math.floor(nowMillis / 1000);
  if (second > lastSecond) {
    lastSecond = second;
    counter = randomInt(COUNTER_LIMIT / 2);
  } else {
    counter += 1;
    if (counter === COUNTER_LIMIT) {
      lastSecond += 1;
      counter = 0;
    }
  }
  return lastSecond.toString(16).padStart(8, '0') + PROCESS_PART + counter.toString(16).padStart(6, '0');
}

/** The form of an id, in upper or lower case. */
export const ID_PATTERN = /^[0-9a-f]{24}$/i;

/** Whether a value is an id, in upper or lower case. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && ID_PATTERN.test(value);
}
