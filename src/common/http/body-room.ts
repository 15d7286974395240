import { ApiError, BODIES_BUSY } from '../errors';

const LONGEST_WAIT_MILLIS = 5000;
/** What one key, and what the keys of one organization, may use of the room. */
const SHARE_OF_KEY = 1 / 4;
const SHARE_OF_ORGANIZATION = 1 / 2;

/** Whose body it is. `key` stands for a whole line of keys. */
export interface BodyOwner {
  readonly key: string;
  readonly organization: string;
}

/** Room that is held until it is given back. Giving it back twice does nothing. */
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
 * five seconds. One key uses at most a quarter of it and one organization at most half, so that their bodies wait for
 * their own and not for those of others.
 */
export class BodyRoom {
  private readonly waiting = new Set<WaitingClaim>();
  private readonly usedByKey = new Map<string, number>();
  private readonly usedByOrganization = new Map<string, number>();
  private used = 0;

  /** @param largest the size of the largest body, for which each share has room */
  constructor(
    private readonly bytes: number,
    private readonly largest: number,
  ) {}

  /**
   * @param onWait is given how to give up the wait, if there is one: for when the client is gone
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

  /** Those over their owner's share are passed over; a large body is not overtaken by smaller ones for ever. */
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
