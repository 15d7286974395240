import type { PoolClient } from 'pg';
import type { Lane } from './lanes';

type Release = (cause?: Error) => void;

/** A connection of the pool that is in use. */
export class HeldConnection {
  /** Why the connection must not be used again, if so. */
  failure: Error | undefined;
  readonly takenAt = performance.now();
  private deadlineAt = Infinity;
  isReleased = false;

  constructor(
    readonly client: PoolClient,
    readonly lane: Lane,
    private readonly giveBack: Release,
  ) {}

  /** Destroys the connection after this time, unless it is released earlier. */
  expireIn(millis: number): void {
    this.deadlineAt = performance.now() + millis;
  }

  isOverdue(now: number): boolean {
    return !this.isReleased && now > this.deadlineAt;
  }

  /**
   * Closes the socket, which fails the running statement at once. A graceful end would wait for a server that does not respond,
   * and a connection with a pending statement must not be used again.
   */
  destroy(cause: Error): void {
    this.failure = cause;
    this.deadlineAt = Infinity;
    destroySocket(this.client);
  }

  /** Returns the connection to the pool, which closes it after a failure. Later calls do nothing. */
  release(cause: Error | undefined = this.failure): void {
    if (this.isReleased) return;
    this.isReleased = true;
    if (cause) destroySocket(this.client);
    this.giveBack(cause);
  }
}

/** pg has no public way to close a connection without waiting for the other side. */
export function destroySocket(client: PoolClient): void {
  const { connection } = client as unknown as { connection: { stream: { destroy(): void } } };
  connection.stream.destroy();
}
