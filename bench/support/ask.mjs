/**
 * Sends a child process a message and waits for its answer. One question at a time.
 *
 * @throws Error with what the child says went wrong, or when it ends before it answers
 */
export function ask(child, message) {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error(`${child.spawnargs[1]} has ended`));
    child.once('exit', gone);
    child.once('message', (result) => {
      child.off('exit', gone);
      if (result.error) reject(new Error(result.error));
      else resolve(result);
    });
    child.send(message);
  });
}

/** Answers what the parent asks, one question at a time, and ends when the parent does. */
export function answerWith(work) {
  process.on('message', (message) => {
    Promise.resolve(message)
      .then(work)
      .then(
        (result) => process.send(result ?? {}),
        (cause) => process.send({ error: cause.message }),
      );
  });
  process.on('disconnect', () => process.exit());
}
