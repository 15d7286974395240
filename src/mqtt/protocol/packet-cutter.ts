/** A topic of the greatest length, with what stands before it and the message id after it. */
const LARGEST_HEAD_BYTES = 65_544;
const LARGEST_LENGTH_BYTES = 4;
const CONTINUES = 0x80;
/** Smaller parts of a packet are joined. */
const SMALL_PART_BYTES = 16_384;
const NOTHING = Buffer.alloc(0);

/** A packet, or the beginning of one that is larger than the limit and whose rest was discarded. */
export interface CutPacket {
  readonly bytes: Buffer;
  readonly isWhole: boolean;
  /** The length of the whole packet. */
  readonly length: number;
}

/** The bytes are not MQTT. */
export class MalformedStream extends Error {}

/** Cuts a stream of bytes into packets. Of a packet that is too large it keeps the beginning. */
export class PacketCutter {
  private parts: Buffer[] = [];
  private heldBytes = 0;
  /** The length of the next packet; 0 until its header has arrived. */
  private wanted = 0;
  private discarding: { readonly head: Buffer; readonly length: number; left: number } | undefined;

  /** @param limitBytes the largest packet that is returned whole; it may be changed at any time */
  constructor(public limitBytes: number) {}

  /** Bytes that have arrived and are not returned yet. */
  get held(): number {
    return this.heldBytes;
  }

  /** The memory that the packet which is arriving needs; 0 between packets. */
  get arriving(): number {
    if (this.discarding) return this.discarding.head.length;
    return this.wanted <= this.limitBytes ? this.wanted : Math.min(this.wanted, LARGEST_HEAD_BYTES);
  }

  /** Whether a packet has begun to arrive. */
  get isWithin(): boolean {
    return this.heldBytes > 0 || this.discarding !== undefined;
  }

  /** The first byte of the next packet; undefined until it arrives. */
  get firstByte(): number | undefined {
    return this.parts[0]?.[0];
  }

  push(chunk: Buffer): void {
    const { discarding } = this;
    const skipped = Math.min(chunk.length, discarding?.left ?? 0);
    if (discarding) discarding.left -= skipped;
    if (skipped === chunk.length) return;
    this.parts.push(skipped === 0 ? chunk : chunk.subarray(skipped));
    this.heldBytes += chunk.length - skipped;
    this.joinSmallParts();
  }

  /**
   * The next packet, or undefined until all of it arrives.
   *
   * @throws MalformedStream for a length that is none
   */
  next(): CutPacket | undefined {
    if (this.discarding) return this.endDiscarding();
    if (this.wanted === 0 && !this.readLength()) return undefined;
    const { wanted: length } = this;
    if (length > this.limitBytes) return this.discard(length);
    if (this.heldBytes < length) {
      this.compact();
      return undefined;
    }
    this.wanted = 0;
    return { bytes: this.take(length), isWhole: true, length };
  }

  /** Forgets what has arrived: the connection is over. */
  clear(): void {
    this.parts = [];
    this.heldBytes = 0;
    this.wanted = 0;
    this.discarding = undefined;
  }

  private discard(length: number): CutPacket | undefined {
    const headLength = Math.min(length, LARGEST_HEAD_BYTES);
    if (this.heldBytes < headLength) return undefined;
    this.wanted = 0;
    const head = Buffer.from(this.take(headLength));
    const left = length - headLength;
    const arrived = Math.min(left, this.heldBytes);
    if (arrived > 0) this.take(arrived);
    this.discarding = { head, length, left: left - arrived };
    return this.endDiscarding();
  }

  /** The beginning is returned when the end has arrived, so that no packet is answered while it is being sent. */
  private endDiscarding(): CutPacket | undefined {
    const { discarding } = this;
    if (!discarding || discarding.left > 0) return undefined;
    this.discarding = undefined;
    return { bytes: discarding.head, isWhole: false, length: discarding.length };
  }

  private readLength(): boolean {
    const bytes = this.first(1 + LARGEST_LENGTH_BYTES);
    let length = 0;
    for (let index = 1; index <= LARGEST_LENGTH_BYTES; index++) {
      const byte = bytes[index];
      if (byte === undefined) return false;
      length += (byte & ~CONTINUES) * 128 ** (index - 1);
      if (byte & CONTINUES) continue;
      this.wanted = 1 + index + length;
      return true;
    }
    throw new MalformedStream('The length of a packet is malformed');
  }

  /** The first bytes, as far as they have arrived. */
  private first(count: number): Buffer {
    const [first = Buffer.alloc(0)] = this.parts;
    if (first.length >= count || this.parts.length < 2) return first;
    const joined = Buffer.concat(this.parts, this.heldBytes);
    this.parts = [joined];
    return joined;
  }

  private take(count: number): Buffer {
    const [first = Buffer.alloc(0)] = this.parts;
    const all = first.length >= count ? first : Buffer.concat(this.parts, this.heldBytes);
    const rest = all.subarray(count);
    if (all !== first) this.parts = rest.length > 0 ? [rest] : [];
    else if (rest.length > 0) this.parts[0] = rest;
    else this.parts.shift();
    this.heldBytes -= count;
    return all.subarray(0, count);
  }

  /** A packet that arrives byte by byte would otherwise take several hundred times its memory. */
  private joinSmallParts(): void {
    const { parts } = this;
    for (let last = parts.at(-1), before = parts.at(-2); last && before; last = parts.at(-1), before = parts.at(-2)) {
      // Each byte is copied a few times at most, because the parts at least double.
      if (before.length >= SMALL_PART_BYTES || before.length > last.length) return;
      parts.splice(-2, 2, joined(before, last));
    }
  }

  /** Copies a few bytes, so that the chunk in which they arrived is not kept for them. */
  private compact(): void {
    const [first] = this.parts;
    if (first && this.parts.length === 1 && first.buffer.byteLength > 4 * first.length) this.parts[0] = copyOf(first);
  }
}

function copyOf(bytes: Buffer): Buffer {
  return joined(bytes, NOTHING);
}

/** Memory of its own, so that no larger piece of memory is kept for it. */
function joined(one: Buffer, other: Buffer): Buffer {
  const both = Buffer.allocUnsafeSlow(one.length + other.length);
  one.copy(both);
  other.copy(both, one.length);
  return both;
}
