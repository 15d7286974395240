import { isoTime } from '../common/times';
import type { Links, SecretLinks } from './links';

/** Where the log's end was at a moment, noted outside the database. */
export interface Anchor {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly count: number;
  readonly link: string;
}

const LINE =
  /audit-anchor v1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (\d{1,15}):([0-9a-f]{64}) ([0-9a-f]{64})(?![0-9a-f])/g;

/** An anchor as one line, sealed: `audit-anchor v1 <time> <rows>:<link> <seal>`. */
export function anchorLine(links: SecretLinks, anchor: Anchor): string {
  const text = textOf(anchor);
  return `audit-anchor v1 ${text} ${links.sealOfAnchor(text)}`;
}

/** The latest anchor among these lines that a secret of this server has sealed. Other lines, and what stands around it, are passed over. */
export function latestAnchor(links: Links, text: string): Anchor | undefined {
  let latest: Anchor | undefined;
  for (const [, time = '', count = '', link = '', seal = ''] of text.matchAll(LINE)) {
    const anchor = { at: Date.parse(time), count: Number(count), link };
    if (latest && anchor.at <= latest.at) continue;
    if (links.accepted.some((one) => one.sealOfAnchor(textOf(anchor)) === seal)) latest = anchor;
  }
  return latest;
}

function textOf({ at, count, link }: Anchor): string {
  return `${isoTime(at)} ${count}:${link}`;
}
