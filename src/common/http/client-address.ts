import { isAddressIn, readAddress } from '../addresses';

/**
 * Returns the client's address: the last address in `X-Forwarded-For`, followed by the peer address, that is not a trusted
 * proxy; the first one if all are trusted.
 *
 * @param forwardedFor the header; each item may have a port, and brackets around IPv6, as some proxies write it
 * @param trusted addresses and ranges, separated by commas
 * @returns empty if that item is not an address
 */
export function clientAddressOf(peer: string, forwardedFor: string | undefined, trusted: string): string {
  let client = readAddress(peer);
  if (forwardedFor === undefined) return client;
  const hops = forwardedFor.split(',');
  for (let index = hops.length - 1; index >= 0 && isAddressIn(client, trusted); index--) {
    const hop = (hops[index] ?? '').trim();
    if (hop !== '') client = readAddress(hop);
  }
  return client;
}
