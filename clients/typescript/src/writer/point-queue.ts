/** A point in the queue: its JSON, and how many bytes that has as UTF-8. */
export interface QueuedPoint {
  readonly json: string;
  readonly bytes: number;
}

export interface Bounds {
  readonly points: number;
  readonly bytes: number;
}

/**
 * Points in the order in which they were written. The first ones can be pinned while they are sent: they leave the queue when the server
 * has answered, and are never dropped for new ones.
 */
export class PointQueue {
  private items: (QueuedPoint | undefined)[] = [];
  /** Where the first point is: what is before it has left. */
  private start = 0;
  private pinned = 0;
  private total = 0;

  constructor(private readonly most: Bounds) {}

  get length(): number {
    return this.items.length - this.start;
  }

  get bytes(): number {
    return this.total;
  }

  /** Whether so many points of so many bytes fit in, beside those that are there. */
  hasRoomFor(points: number, bytes: number): boolean {
    return this.length + points <= this.most.points && this.total + bytes <= this.most.bytes;
  }

  push(point: QueuedPoint): void {
    this.items.push(point);
    this.total += point.bytes;
  }

  /** Pins as many of the first points as fit into a batch, at least one, and returns them. */
  pin({ points, bytes }: Bounds): QueuedPoint[] {
    const batch: QueuedPoint[] = [];
    let size = 0;
    for (let at = this.start; at < this.items.length && batch.length < points; at++) {
      const point = this.items[at] as QueuedPoint;
      if (batch.length > 0 && size + point.bytes > bytes) break;
      batch.push(point);
      size += point.bytes;
    }
    this.pinned = batch.length;
    return batch;
  }

  /** Leaves pinned points in the queue. */
  unpin(): void {
    this.pinned = 0;
  }

  /** Removes the pinned points. */
  removePinned(): void {
    this.remove(this.start, this.pinned);
    this.pinned = 0;
  }

  /** Removes the oldest point that is not pinned. */
  dropOldest(): QueuedPoint | undefined {
    const at = this.start + this.pinned;
    const dropped = this.items[at];
    if (!dropped) return undefined;
    // The pinned points move up by one.
    this.items.copyWithin(this.start + 1, this.start, at);
    this.items[this.start] = dropped;
    this.remove(this.start, 1);
    return dropped;
  }

  /** Removes and returns all points. */
  removeAll(): QueuedPoint[] {
    const all = this.items.slice(this.start) as QueuedPoint[];
    this.items = [];
    this.start = this.pinned = this.total = 0;
    return all;
  }

  private remove(from: number, count: number): void {
    for (let at = from; at < from + count; at++) {
      this.total -= this.items[at]?.bytes ?? 0;
      this.items[at] = undefined;
    }
    this.start += count;
    // Moving the rest costs less than one step for each point that has left.
    if (this.start < 1024 || this.start * 2 < this.items.length) return;
    this.items = this.items.slice(this.start);
    this.start = 0;
  }
}

/** How many bytes a text has as UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    // Each half of a surrogate pair counts two of its four bytes.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return bytes;
}
