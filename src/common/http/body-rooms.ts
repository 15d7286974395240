import { BodyRoom, type BodyOwner, type HeldRoom } from './body-room';
import type { LeanRequest } from './lean-messages';

/** Bodies up to this size have room of their own: they never wait for larger ones. */
export const SMALL_BODY_BYTES = 65_536;
/** A body up to this size is read at once and counted nowhere. */
export const TINY_BODY_BYTES = 16_384;

/** The memory that request bodies use, small ones and large ones apart: each has the same room. */
export class BodyRooms {
  private readonly small: BodyRoom;
  private readonly large: BodyRoom;

  constructor({ bodiesBytes, bodyLimitBytes }: { readonly bodiesBytes: number; readonly bodyLimitBytes: number }) {
    const bytes = Math.max(bodiesBytes, bodyLimitBytes);
    this.small = new BodyRoom(bytes, SMALL_BODY_BYTES);
    this.large = new BodyRoom(bytes, bodyLimitBytes);
  }

  /** The room that one request holds, until its answer is sent or its client is gone. */
  for(request: LeanRequest, owner: BodyOwner): RequestRoom {
    const room = new RequestRoom(this.small, this.large, owner);
    request.res?.once('close', () => room.close());
    return room;
  }
}

/** The room that one request holds for its body. */
export class RequestRoom {
  private isClosed = false;
  private giveUp = () => {};
  private held: (HeldRoom & { readonly bytes: number }) | undefined;

  constructor(
    private readonly small: BodyRoom,
    private readonly large: BodyRoom,
    private readonly owner: BodyOwner,
  ) {}

  /**
   * Holds room of at least this size, instead of what was held before.
   *
   * @throws ApiError 503 when there is none for five seconds
   */
  async hold(bytes: number): Promise<void> {
    const before = this.held;
    if (before && before.bytes >= bytes) return;
    // Bodies that hold room and wait for more of the same could wait for each other.
    if (before && before.bytes > SMALL_BODY_BYTES) before.release();
    const room = bytes <= SMALL_BODY_BYTES ? this.small : this.large;
    const { release } = await room.take(this.owner, bytes, (giveUp) => (this.giveUp = giveUp));
    this.held = { release, bytes };
    before?.release();
    if (this.isClosed) release();
  }

  /** Gives all of it back. */
  close(): void {
    this.isClosed = true;
    this.giveUp();
    this.held?.release();
  }
}

/** What the rooms tell callers apart by: the line of their key, so that rotation makes no second share. Without a key: the address. */
export function ownerOf(request: LeanRequest): BodyOwner {
  const caller = request.caller as { readonly lineId: string; readonly organizationId: string } | undefined;
  if (caller) return { key: caller.lineId, organization: caller.organizationId };
  const { clientAddress } = request;
  return { key: clientAddress, organization: clientAddress };
}
