/** Longer work delays what a person does. */
const LONGEST_MILLIS = 25;

/** Gives the browser its turn in long work. Timers would do it too, but wait for a second in hidden tabs. */
export class Turns {
  private since = performance.now();

  /** Waits for a turn if this one was long. */
  async give(): Promise<void> {
    if (performance.now() - this.since < LONGEST_MILLIS) return;
    await new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(null);
    });
    this.since = performance.now();
  }
}
