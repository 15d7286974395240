import { BodyRoom, type BodyOwner, type HeldRoom } from './body-room';
import type { LeanRequest } from './lean-messages';

/** Bodies up to this size have separate memory: they never wait for larger ones. */
export const SMALL_BODY_BYTES = 65_536;
/** A body up to this size is read at once and is not counted. */
export const TINY_BODY_BYTES = 16_384;

/** The memory for request bodies: the same amount for small and for large ones. */
export class BodyRooms {
  private readonly small: BodyRoom;
  private readonly large: BodyRoom;

  constructor({ bodiesBytes, bodyLimitBytes }: { readonly bodiesBytes: number; readonly bodyLimitBytes: number }) {
    const bytes = Math.max(bodiesBytes, bodyLimitBytes);
    this.small = new BodyRoom(bytes, SMALL_BODY_BYTES);
    this.large = new BodyRoom(bytes, bodyLimitBytes);
  }

  /** Returns the reservation of a request. It ends when the response is sent or the client disconnects. */
  for(request: LeanRequest, owner: BodyOwner): RequestRoom {
    const room = new RequestRoom(this.small, this.large, owner);
    const { res } = request;
    // The client may have gone while its key was checked.
    if (res?.destroyed || res?.closed) room.close();
    else res?.once('close', () => room.close());
    return room;
  }
}

/** The memory that is reserved for the body of one request. */
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
   * Reserves at least this much memory in total, in place of the earlier reservation.
   *
   * @throws ApiError 503 when there is none for five seconds
   */
  async hold(bytes: number): Promise<void> {
    const before = this.held;
    if (before && before.bytes >= bytes) return;
    // Bodies that hold memory while they wait for more could deadlock.
    if (before && before.bytes > SMALL_BODY_BYTES) before.release();
    const room = bytes <= SMALL_BODY_BYTES ? this.small : this.large;
    const { release } = await room.take(this.owner, bytes, (giveUp) => (this.giveUp = giveUp));
    this.held = { release, bytes };
    before?.release();
    if (this.isClosed) release();
  }

  /** Releases all of it. */
  close(): void {
    this.isClosed = true;
    this.giveUp();
    this.held?.release();
  }
}

/** Identifies the sender by the line of its key, so that a rotated key gets no second share. Without a key: by address. */
export function ownerOf(request: LeanRequest): BodyOwner {
  const caller = request.caller as { readonly lineId: string; readonly organizationId: string } | undefined;
  if (caller) return { key: caller.lineId, organization: caller.organizationId };
  const { clientAddress } = request;
  return { key: clientAddress, organization: clientAddress };
}
