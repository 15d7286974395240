import type { TestApp } from './test-app';

/** How another client fared during some work. */
export interface Waits {
  /** The longest wait, in milliseconds. */
  readonly longest: number;
  /** The requests that were answered. */
  readonly answered: number;
}

/** Sends small requests one after another during some work. */
export async function waitsDuring(server: TestApp, work: () => Promise<unknown>): Promise<Waits> {
  let longest = 0;
  let answered = 0;
  let working = true;
  const watch = async () => {
    while (working) {
      const startedAt = performance.now();
      await server.call('GET', '/health/live');
      longest = Math.max(longest, performance.now() - startedAt);
      answered += 1;
    }
  };
  const watching = watch();
  await work().finally(() => (working = false));
  await watching;
  return { longest, answered };
}
