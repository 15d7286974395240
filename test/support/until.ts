export const pause = (millis: number) => new Promise<void>((resolve) => setTimeout(resolve, millis));

/** Polls every 20 ms until a condition holds. Throws after `longestMillis`. */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  longestMillis = 20_000,
): Promise<void> {
  const startedAt = performance.now();
  while (!(await holds())) {
    if (performance.now() - startedAt > longestMillis) throw new Error(`Not within ${longestMillis} ms: ${what}`);
    await pause(20);
  }
}
