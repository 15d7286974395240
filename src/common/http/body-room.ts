import { ApiError, BODIES_BUSY } from '../errors';

const LONGEST_WAIT_MILLIS = 5000;
/** The shares of the memory that one key and one organization may use. */
const SHARE_OF_KEY = 1 / 4;
const SHARE_OF_ORGANIZATION = 1 / 2;

/** The sender of a body. `key` identifies a whole rotation line. */
export interface BodyOwner {
  readonly key: string;
  readonly organization: string;
}

/** Reserved memory. Releasing it twice has no effect. */
export interface HeldRoom {
  readonly release: () => void;
}

interface Claim {
  readonly owner: BodyOwner;
  readonly bytes: number;
}

interface WaitingClaim extends Claim {
  grant(): void;
}

/**
 * The memory that request bodies may use at the same time. A body that does not fit waits, in order of arrival, for up to
 * five seconds. One key uses at most a quarter of it and one organization at most half, so that heavy senders wait for
 * their own bodies and do not delay others.
 */
export class BodyRoom {
  private readonly waiting = new Set<WaitingClaim>();
  private readonly usedByKey = new Map<string, number>();
  private readonly usedByOrganization = new Map<string, number>();
  private used = 0;

  /** @param largest the maximum size of a body. Each share is at least this large */
  constructor(
    private readonly bytes: number,
    private readonly largest: number,
  ) {}

  /**
   * @param onWait receives a function that cancels the wait, for a client that disconnects
   * @throws ApiError 503 after five seconds without room
   */
  take(owner: BodyOwner, bytes: number, onWait: (giveUp: () => void) => void): HeldRoom | Promise<HeldRoom> {
    const claim = { owner, bytes };
    if (this.waiting.size === 0 && this.used + bytes <= this.bytes && this.fitsShares(claim)) return this.hold(claim);
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void) => {
        clearTimeout(timer);
        this.waiting.delete(waiting);
        outcome();
      };
      const waiting = { ...claim, grant: () => settle(() => resolve(this.hold(claim))) };
      const busy = () => new ApiError(BODIES_BUSY, { headers: { 'Retry-After': '1' } });
      const giveUp = () => settle(() => reject(busy()));
      const timer = setTimeout(giveUp, LONGEST_WAIT_MILLIS).unref();
      this.waiting.add(waiting);
      onWait(giveUp);
      this.grantWaiting();
    });
  }

  private hold({ owner: { key, organization }, bytes }: Claim): HeldRoom {
    this.add(key, organization, bytes);
    let isHeld = true;
    const release = () => {
      if (!isHeld) return;
      isHeld = false;
      this.add(key, organization, -bytes);
      this.grantWaiting();
    };
    return { release };
  }

  private add(key: string, organization: string, bytes: number): void {
    this.used += bytes;
    addTo(this.usedByKey, key, bytes);
    addTo(this.usedByOrganization, organization, bytes);
  }

  /** Skips bodies over their owner's share. Otherwise keeps the order, so that small bodies do not starve a large one. */
  private grantWaiting(): void {
    for (const claim of this.waiting) {
      if (!this.fitsShares(claim)) continue;
      if (this.used + claim.bytes > this.bytes) return;
      claim.grant();
    }
  }

  private fitsShares({ owner, bytes }: Claim): boolean {
    const ofKey = (this.usedByKey.get(owner.key) ?? 0) + bytes;
    const ofOrganization = (this.usedByOrganization.get(owner.organization) ?? 0) + bytes;
    return (
      ofKey <= Math.max(this.bytes * SHARE_OF_KEY, this.largest) &&
      ofOrganization <= Math.max(this.bytes * SHARE_OF_ORGANIZATION, this.largest)
    );
  }
}

function addTo(used: Map<string, number>, name: string, bytes: number): void {
  const sum = (used.get(name) ?? 0) + bytes;
  if (sum > 0) used.set(name, sum);
  else used.delete(name);
}
