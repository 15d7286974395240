import type { AttemptResult } from './attempt-result';
import type { Webhook } from './webhook.entity';

const WINDOW_MILLIS = 60_000;
/** Log lines per minute. Many rules may post to one receiver that is down. */
export const MAX_LINES = 10;

/** Logs webhooks that begin to fail and messages that are given up, at most `MAX_LINES` per minute, and counts the rest. */
export class FailureLog {
  private windowStart = -Infinity;
  private lines = 0;
  private suppressed = 0;

  constructor(private readonly warn: (line: string) => void) {}

  /** @param error why the attempt failed; null if it succeeded */
  note(
    { id, receiver }: Pick<Webhook, 'id' | 'receiver'>,
    deliveryId: string,
    error: string | null,
    { beganToFail, gaveUp }: Pick<AttemptResult, 'beganToFail' | 'gaveUp'>,
    nowMillis = performance.now(),
  ): void {
    if (error === null || (!beganToFail && !gaveUp)) return;
    if (nowMillis - this.windowStart >= WINDOW_MILLIS) {
      if (this.suppressed > 0) this.warn(`${this.suppressed} more failures of webhooks were not logged`);
      [this.windowStart, this.lines, this.suppressed] = [nowMillis, 0, 0];
    }
    if (this.lines === MAX_LINES) {
      this.suppressed += 1;
      return;
    }
    this.lines += 1;
    const what = gaveUp ? `The delivery ${deliveryId} of alert rule ${id}` : `The webhook of alert rule ${id}`;
    this.warn(`${what} failed at ${receiver}: ${error}`);
  }
}
