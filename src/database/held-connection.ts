import type { PoolClient } from 'pg';
import type { Lane } from './lanes';

type Release = (cause?: Error) => void;

/** A connection of the pool while one piece of work has it. */
export class HeldConnection {
  /** Why the connection is of no more use, if it is not. */
  failure: Error | undefined;
  readonly takenAt = performance.now();
  private deadlineAt = Infinity;
  isReleased = false;

  constructor(
    readonly client: PoolClient,
    readonly lane: Lane,
    private readonly giveBack: Release,
  ) {}

  /** Sets when the connection is destroyed unless it is released before, in milliseconds from now. */
  expireIn(millis: number): void {
    this.deadlineAt = performance.now() + millis;
  }

  isOverdue(now: number): boolean {
    return !this.isReleased && now > this.deadlineAt;
  }

  /**
   * Closes the socket, which fails the statement under way at once. Ending the connection in an orderly way would wait for
   * a server that does not answer, and a connection with an unanswered statement must not be used again.
   */
  destroy(cause: Error): void {
    this.failure = cause;
    this.deadlineAt = Infinity;
    destroySocket(this.client);
  }

  /** Gives the connection back to the pool, which closes it where it has failed. Later calls do nothing. */
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
