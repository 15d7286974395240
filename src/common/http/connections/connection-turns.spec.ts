import { setImmediate } from 'node:timers/promises';
import { STEPS_PER_TURN, ConnectionTurns } from './connection-turns';

/** Connections with so many steps each; which connection did a step is recorded, by turn of the event loop. */
function steppersOf(counts: readonly number[]) {
  const done: string[] = [];
  const steppers = counts.map((count, index) => ({
    left: count,
    step() {
      done.push(String.fromCharCode(97 + index));
      this.left -= 1;
      return this.left > 0;
    },
  }));
  return { done, steppers };
}

describe('steps of connections', () => {
  it('are done a few per turn of the event loop, in rotation by connection', async () => {
    const turns = new ConnectionTurns();
    const { done, steppers } = steppersOf([20, 3, 1]);
    for (const stepper of steppers) turns.add(stepper);
    expect(done).toEqual([]);
    const seen: number[] = [];
    while (seen.at(-1) !== 24) {
      await setImmediate();
      seen.push(done.length);
    }
    expect(done.join('')).toBe(`abcabab${'a'.repeat(17)}`);
    for (const [index, count] of seen.entries())
      expect(count - (seen[index - 1] ?? 0)).toBeLessThanOrEqual(STEPS_PER_TURN);
  });

  it('are not done once their connection is removed', async () => {
    const turns = new ConnectionTurns();
    const { done, steppers } = steppersOf([20]);
    for (const stepper of steppers) turns.add(stepper);
    for (const stepper of steppers) turns.remove(stepper);
    for (let turn = 0; turn < 3; turn++) await setImmediate();
    expect(done).toEqual([]);
  });
});
