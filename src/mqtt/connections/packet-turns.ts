import type { SharedTurns } from '../../common/http/shared-turns';
import type { SocketFlow } from './socket-flow';

/** Time for which the packets of a connection are answered without a pause for other work. */
export const ANSWERING_MILLIS = 2;

/**
 * Answers the packets of a connection in turns with others, round robin by rotation line. While packets that have arrived wait for
 * their turn, nothing more is read.
 */
export class PacketTurns {
  private isUnderWay = false;

  /** @param answerNext answers one packet; false if there is none that can be answered now */
  constructor(
    private readonly turns: SharedTurns,
    private readonly flow: SocketFlow,
    private readonly answerNext: () => boolean,
  ) {}

  /**
   * Answers the packets that have arrived, at once if other work leaves time for it.
   *
   * @param callerOf names the rotation line
   */
  answer(callerOf: () => string): void {
    if (this.isUnderWay) return;
    this.isUnderWay = true;
    let hasMore = true;
    const piece = () => {
      const end = performance.now() + ANSWERING_MILLIS;
      do hasMore = this.answerNext();
      while (hasMore && performance.now() < end);
    };
    const first = this.turns.run(callerOf(), piece);
    if (!hasMore) {
      this.isUnderWay = false;
      return;
    }
    this.flow.pause('turn');
    void this.answerRest(first, async () => {
      await this.turns.run(callerOf(), piece);
      return hasMore;
    });
  }

  private async answerRest(first: Promise<void>, next: () => Promise<boolean>): Promise<void> {
    await first;
    while (await next());
    this.isUnderWay = false;
    this.flow.resume('turn');
  }
}
