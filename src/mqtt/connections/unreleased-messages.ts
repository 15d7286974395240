import type { Verdict } from '../storing/verdict';
import type { LineShares } from './line-shares';

/** Messages of QoS 2 of one client that are stored and not released. */
export const MAX_UNRELEASED = 10_000;
/** The same, of all clients. */
export const MAX_UNRELEASED_OF_ALL = 400_000;

/** The messages of QoS 2 of a session that wait for PUBREL, with the result of each. */
export class UnreleasedMessages {
  private readonly byId = new Map<number, Promise<Verdict>>();

  constructor(
    private readonly shares: LineShares,
    private readonly lineId: string,
  ) {}

  get(messageId: number): Promise<Verdict> | undefined {
    return this.byId.get(messageId);
  }

  /** Which bound a new message exceeds. */
  excessOf(messageId: number): 'client' | 'key' | undefined {
    if (this.byId.has(messageId)) return undefined;
    if (this.byId.size >= MAX_UNRELEASED) return 'client';
    return this.shares.hasRoom(this.lineId) ? undefined : 'key';
  }

  set(messageId: number, verdict: Promise<Verdict>): void {
    if (!this.byId.has(messageId)) this.shares.add(this.lineId, 1);
    this.byId.set(messageId, verdict);
  }

  delete(messageId: number): void {
    if (this.byId.delete(messageId)) this.shares.add(this.lineId, -1);
  }

  clear(): void {
    this.shares.add(this.lineId, -this.byId.size);
    this.byId.clear();
  }
}
