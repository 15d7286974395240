/** Work did not end in time. Clients get 503, as for an unavailable database. */
export class DeadlineError extends Error {
  readonly code = 'ETIMEDOUT';

  constructor(what: string, millis: number) {
    super(`${what} took longer than ${Math.round(millis)} ms`);
  }
}

/**
 * Returns the result of `work`, or stops waiting after `millis`. The work itself is not stopped: the deadline of its database
 * connection ends it.
 *
 * @param what the subject of the error's sentence
 * @throws DeadlineError after `millis`
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
