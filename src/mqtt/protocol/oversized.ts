import type { QoS } from 'mqtt-packet';

const PUBLISH = 3;
const LENGTH_BYTES = 2;

/** What the beginning of a message says about it. */
export interface PublishHead {
  readonly topic: string;
  readonly qos: QoS;
  readonly messageId: number | undefined;
}

/** Reads the beginning of a PUBLISH packet; undefined for another packet, and for one that is malformed. */
export function publishHeadOf(head: Buffer): PublishHead | undefined {
  const first = head[0] ?? 0;
  const qos = (first >> 1) & 3;
  if (first >> 4 !== PUBLISH || qos > 2) return undefined;
  let at = 1;
  while ((head[at] ?? 0) & 0x80) at += 1;
  at += 1;
  if (at + LENGTH_BYTES > head.length) return undefined;
  const topicEnd = at + LENGTH_BYTES + head.readUInt16BE(at);
  const end = qos > 0 ? topicEnd + LENGTH_BYTES : topicEnd;
  if (end > head.length) return undefined;
  const topic = head.toString('utf8', at + LENGTH_BYTES, topicEnd);
  const messageId = qos > 0 ? head.readUInt16BE(topicEnd) : undefined;
  return messageId === 0 ? undefined : { topic, qos: qos as QoS, messageId };
}
