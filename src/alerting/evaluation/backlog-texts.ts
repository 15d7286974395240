import { promisify } from 'node:util';
import { deflateRaw, inflateRawSync } from 'node:zlib';
import type { Notification } from './notification-log';

/** Notifications in a slice. Writing them takes about 5 ms. */
export const SLICE_LENGTH = 64;
/** What a compressed text begins with. JSON does not. */
const COMPRESSED = 'deflate:';

const compress = promisify(deflateRaw);

/** The texts of the slices that hold these notifications. */
export function* slicesOf(notifications: readonly Notification[]): Generator<string> {
  for (let start = 0; start < notifications.length; start += SLICE_LENGTH)
    yield JSON.stringify(notifications.slice(start, start + SLICE_LENGTH));
}

/**
 * A shorter text for the same notifications, which are much alike. Thousands of them as JSON are megabytes, which would make the
 * commit longer. Another thread compresses it.
 */
export async function packed(text: string): Promise<string> {
  return COMPRESSED + (await compress(text, { level: 1 })).toString('base64');
}

/** The notifications in a text of `slicesOf` or `packed`. */
export function notificationsIn(text: string): Notification[] {
  const json = text.startsWith(COMPRESSED)
    ? inflateRawSync(Buffer.from(text.slice(COMPRESSED.length), 'base64')).toString()
    : text;
  return JSON.parse(json) as Notification[];
}
