import type { AttemptResult } from './attempt-result';
import type { Webhook } from './webhook.entity';

const WINDOW_MILLIS = 60_000;
/** Lines a minute. Many rules may post to one receiver that is down. */
export const MOST_LINES = 10;

/** Warns of webhooks that begin to fail, and of messages that are given up: a few lines a minute, and how many more there were. */
export class FailureLog {
  private windowStart = -Infinity;
  private lines = 0;
  private left = 0;

  constructor(private readonly warn: (line: string) => void) {}

  /** @param error why the attempt failed; null for one that did not */
  note(
    { id, receiver }: Pick<Webhook, 'id' | 'receiver'>,
    deliveryId: string,
    error: string | null,
    { beganToFail, gaveUp }: Pick<AttemptResult, 'beganToFail' | 'gaveUp'>,
    nowMillis = performance.now(),
  ): void {
    if (error === null || (!beganToFail && !gaveUp)) return;
    if (nowMillis - this.windowStart >= WINDOW_MILLIS) {
      if (this.left > 0) this.warn(`${this.left} more failures of webhooks were not logged`);
      [this.windowStart, this.lines, this.left] = [nowMillis, 0, 0];
    }
    if (this.lines === MOST_LINES) {
      this.left += 1;
      return;
    }
    this.lines += 1;
    const what = gaveUp ? `The delivery ${deliveryId} of alert rule ${id}` : `The webhook of alert rule ${id}`;
    this.warn(`${what} failed at ${receiver}: ${error}`);
  }
}
