import { REASON, type Reason } from './reason-codes';

/** Topics of a SUBSCRIBE or UNSUBSCRIBE packet. */
export const MAX_TOPICS = 1000;
/** Bytes of the properties of a packet, and of a packet that has neither topics nor a payload. */
export const MAX_PROPERTIES_BYTES = 16_384;
/** A smaller packet is cheap. */
const CHEAP_BYTES = 2048;
const PUBLISH = 3;
const SUBSCRIBE = 8;
const UNSUBSCRIBE = 10;
const LENGTH_BYTES = 2;
const ID_BYTES = 2;
const CONTINUES = 0x80;

/** Why a packet is not read. */
interface Excess {
  readonly reason: Reason;
  readonly sentence: string;
}

const TOPICS: Excess = { reason: REASON.quotaExceeded, sentence: `A packet may have up to ${MAX_TOPICS} topics` };
const PROPERTIES: Excess = {
  reason: REASON.packetTooLarge,
  sentence: `The properties of a packet may have up to ${MAX_PROPERTIES_BYTES} bytes`,
};

/**
 * Finds packets that take long to parse for their size, before they are parsed: each topic and each property becomes an object.
 * Malformed packets are left to the parser.
 */
export function excessOf(bytes: Buffer, isV5: boolean): Excess | undefined {
  if (bytes.length < CHEAP_BYTES) return undefined;
  const type = (bytes[0] ?? 0) >> 4;
  const start = afterNumber(bytes, 1);
  if (type === PUBLISH) {
    const qos = ((bytes[0] ?? 0) >> 1) & 3;
    const at = afterText(bytes, start) + (qos > 0 ? ID_BYTES : 0);
    return isV5 && numberAt(bytes, at) > MAX_PROPERTIES_BYTES ? PROPERTIES : undefined;
  }
  if (type !== SUBSCRIBE && type !== UNSUBSCRIBE) return bytes.length > MAX_PROPERTIES_BYTES ? PROPERTIES : undefined;
  let at = start + ID_BYTES;
  if (isV5) {
    const length = numberAt(bytes, at);
    if (length > MAX_PROPERTIES_BYTES) return PROPERTIES;
    at = afterNumber(bytes, at) + length;
  }
  const optionBytes = type === SUBSCRIBE ? 1 : 0;
  for (let topics = 0; at < bytes.length; topics++) {
    if (topics >= MAX_TOPICS) return TOPICS;
    at = afterText(bytes, at) + optionBytes;
  }
  return undefined;
}

function afterText(bytes: Buffer, at: number): number {
  const isThere = at + LENGTH_BYTES <= bytes.length;
  return isThere ? at + LENGTH_BYTES + bytes.readUInt16BE(at) : bytes.length;
}

/** The number of variable length at a place; 0 beyond the packet. */
function numberAt(bytes: Buffer, at: number): number {
  let value = 0;
  for (let index = at; index < afterNumber(bytes, at); index++)
    value += ((bytes[index] ?? 0) & ~CONTINUES) * 128 ** (index - at);
  return value;
}

function afterNumber(bytes: Buffer, at: number): number {
  let end = at;
  while (((bytes[end] ?? 0) & CONTINUES) !== 0) end += 1;
  return Math.min(end + 1, Math.max(at, bytes.length));
}
