import { isIP } from 'node:net';

/** Each gets its share of an attempt's time. */
const MOST_ADDRESSES = 4;

/**
 * Which of a name's addresses are tried, in their order but alternating between IPv4 and IPv6 for as long as there are both, so that
 * a kind that does not work does not keep the other from being tried.
 */
export function chooseAddresses(addresses: readonly string[]): readonly string[] {
  const [first = ''] = addresses;
  const isAsFirst = (address: string) => isIP(address) === isIP(first);
  const own = addresses.filter(isAsFirst);
  const others = addresses.filter((address) => !isAsFirst(address));
  const taken = Array.from({ length: MOST_ADDRESSES }, (_, index) => [own[index], others[index]]).flat();
  return taken.filter((address) => address !== undefined).slice(0, MOST_ADDRESSES);
}
