import { isIP } from 'node:net';

/** They share the time of an attempt. */
const MAX_ADDRESSES = 4;

/**
 * Selects the addresses to try, in order but alternating between IPv4 and IPv6, so that one family that does not work does not
 * prevent the other from being tried.
 */
export function chooseAddresses(addresses: readonly string[]): readonly string[] {
  const [first = ''] = addresses;
  const isAsFirst = (address: string) => isIP(address) === isIP(first);
  const own = addresses.filter(isAsFirst);
  const others = addresses.filter((address) => !isAsFirst(address));
  const taken = Array.from({ length: MAX_ADDRESSES }, (_, index) => [own[index], others[index]]).flat();
  return taken.filter((address) => address !== undefined).slice(0, MAX_ADDRESSES);
}
