import { isAddressIn, readAddress } from '../addresses';

/**
 * Where a request comes from, as far as trusted proxies tell: of the chain of `X-Forwarded-For` and the connection's own
 * address, the last one that is no trusted proxy, or the first of all where all of them are.
 *
 * @param forwardedFor the header; each item may have a port, and brackets around IPv6, as some proxies write it
 * @param trusted addresses and ranges, separated by commas
 * @returns empty where that item is not an address
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
