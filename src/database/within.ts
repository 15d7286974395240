/** Work that did not end in time. To clients it is a database that cannot be used: 503. */
export class DeadlineError extends Error {
  readonly code = 'ETIMEDOUT';

  constructor(what: string, millis: number) {
    super(`${what} took longer than ${Math.round(millis)} ms`);
  }
}

/**
 * Gives the result of `work`, or stops waiting for it after `millis`. The work itself is not stopped: each connection to
 * the database has a deadline of its own, which ends it.
 *
 * @param what subject of the error's sentence
 * @throws DeadlineError when the time is over
 */
export async function within<T>(millis: number, what: string, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new DeadlineError(what, millis)), millis);
  });
  try {
    return await Promise.race([work(), deadline]);
  } finally {
    clearTimeout(timer);
  }
}
