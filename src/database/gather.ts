/** The most pieces of work that share a commit. */
export const MAX_GROUP = 256;

/**
 * Waits while turns of the event loop bring more work, so that what arrives together shares a commit. Several clients rarely
 * all arrive in one turn: for them a second turn without more work ends the wait, which makes groups larger. A single piece of
 * work waits for one turn.
 *
 * @param count how much work is waiting now
 */
export async function gather(count: () => number): Promise<void> {
  let before = count();
  for (let idleTurns = 0; before < MAX_GROUP && idleTurns < Math.min(before, 2);) {
    await nextTurn();
    const now = count();
    idleTurns = now > before ? 0 : idleTurns + 1;
    before = now;
  }
}

/** The next turn of the event loop, behind the requests that have arrived. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
