/** Background work that runs at a fixed rate. */
export interface Repetition {
  /** Stops it. Resolves when the current call has settled. */
  stop(): Promise<void>;
}

/**
 * Calls `work` at a fixed rate until it is stopped, and does not keep the process alive. A call that is due while the previous
 * one is still running is skipped.
 *
 * @param work must not reject
 * @param options `spread` delays the first call by up to one more period, so that instances that start together work at
 *   different times
 */
export function repeat(
  everyMillis: number,
  work: () => unknown,
  { spread = false }: { readonly spread?: boolean } = {},
): Repetition {
  let running: Promise<unknown> | undefined;
  const call = () => {
    if (running) return;
    const result = work();
    if (result instanceof Promise) running = result.finally(() => (running = undefined));
  };
  let timer: NodeJS.Timeout | undefined;
  const begin = () => (timer = setInterval(call, everyMillis).unref());
  if (spread) timer = setTimeout(begin, everyMillis * Math.random()).unref();
  else begin();
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
