import { isoTime } from '../common/times';
import type { Links, SecretLinks } from './links';

/** The end of the log at a moment, recorded outside the database. */
export interface Anchor {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly count: number;
  readonly link: string;
}

const LINE =
  /audit-anchor v1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (\d{1,15}):([0-9a-f]{64}) ([0-9a-f]{64})(?![0-9a-f])/g;

/** An anchor as one sealed line: `audit-anchor v1 <time> <rows>:<link> <seal>`. */
export function anchorLine(links: SecretLinks, anchor: Anchor): string {
  const text = textOf(anchor);
  return `audit-anchor v1 ${text} ${links.sealOfAnchor(text)}`;
}

/** The anchors in this text that were sealed with a secret of this server, oldest first. Everything else is ignored. */
export function anchorsIn(links: Links, text: string): Anchor[] {
  const found: Anchor[] = [];
  for (const [, time = '', count = '', link = '', seal = ''] of text.matchAll(LINE)) {
    const anchor = { at: Date.parse(time), count: Number(count), link };
    if (links.accepted.some((one) => one.sealOfAnchor(textOf(anchor)) === seal)) found.push(anchor);
  }
  return found.sort((one, other) => one.at - other.at);
}

function textOf({ at, count, link }: Anchor): string {
  return `${isoTime(at)} ${count}:${link}`;
}
