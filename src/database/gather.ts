/** The most jobs that share a commit. */
export const MAX_GROUP = 256;

/** While clients send large bodies, each turn takes milliseconds and adds work, and a turn without any may come late. */
const LONGEST_GATHER_MILLIS = 30;
/** The same if work of several callers waits: one of them may send little, and should not wait while others send large bodies. */
const LONGEST_SHARED_GATHER_MILLIS = 10;

/**
 * Waits while turns of the event loop add more work, so that work that arrives together shares a commit. Requests of several
 * clients rarely arrive in the same turn, so the wait ends only after a second turn without new work, or after 30 milliseconds (10
 * if work of several callers waits). A single job waits for one turn.
 *
 * @param count returns how many jobs are waiting
 * @param isShared returns whether several callers are waiting
 */
export async function gather(count: () => number, isShared = () => false): Promise<void> {
  const startedAt = performance.now();
  const isOver = () =>
    performance.now() - startedAt >= (isShared() ? LONGEST_SHARED_GATHER_MILLIS : LONGEST_GATHER_MILLIS);
  let before = count();
  for (let idleTurns = 0; before < MAX_GROUP && idleTurns < Math.min(before, 2) && !isOver();) {
    await nextTurn();
    const now = count();
    idleTurns = now > before ? 0 : idleTurns + 1;
    before = now;
  }
}

/** Resolves in the next turn of the event loop, after requests that have already arrived. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Resolves when all promises that can continue in this turn of the event loop have done so. */
export function endOfTurn(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
