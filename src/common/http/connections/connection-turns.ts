/** Steps of all connections in one turn of the event loop, by default. */
export const STEPS_PER_TURN = 8;
/** The time in one turn after which no further step begins. */
const TURN_MILLIS = 4;

/** Work that a connection does in steps. */
export interface Stepper {
  /** Does the next step, if it is possible now. @returns whether there is another one */
  step(): boolean;
}

/**
 * Does the steps of all connections, a few per turn of the event loop, in rotation. Pipelined requests start in such steps: one that is
 * answered at once would otherwise start the next one before anything else runs, a thousand times. Connections end in such steps: a
 * client can close thousands at the same time. Large bodies are read in such steps.
 */
export class ConnectionTurns {
  private readonly waiting = new Set<Stepper>();
  private isScheduled = false;

  constructor(private readonly stepsPerTurn = STEPS_PER_TURN) {}

  /** Does the steps of this connection in the next turns. */
  add(stepper: Stepper): void {
    this.waiting.add(stepper);
    this.schedule();
  }

  remove(stepper: Stepper): void {
    this.waiting.delete(stepper);
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.runTurn();
    });
  }

  private runTurn(): void {
    const end = performance.now() + TURN_MILLIS;
    let steps = 0;
    for (const stepper of this.waiting) {
      this.waiting.delete(stepper);
      // A set is iterated in order of insertion: this one comes again after the others.
      if (stepper.step()) this.waiting.add(stepper);
      steps += 1;
      if (steps === this.stepsPerTurn || performance.now() >= end) break;
    }
    if (this.waiting.size > 0) this.schedule();
  }
}
