import { isIP } from 'node:net';
import { IPv4, parse, type IPv6 } from 'ipaddr.js';
import { isAddressIn } from '../../common/addresses';
import type { OpenRange } from '../../common/open-ranges';

/**
 * Metadata services, which give a cloud machine its credentials: Amazon, Google, Azure and most others; Amazon's containers and its time and
 * name servers; Alibaba; Azure's host; Oracle; Scaleway; Tencent; and in IPv6 Amazon, Google, Oracle, Scaleway, Linode, Alibaba.
 */
const METADATA =
  '169.254.169.254,169.254.170.2,169.254.170.23,169.254.169.253,169.254.169.123,100.100.100.200,168.63.129.16,192.0.0.192,' +
  '169.254.42.42,169.254.0.23,' +
  'fd00:ec2::/32,fd20:ce::254,fd00:c1::a9fe:a9fe,fd00:42::42,fd00:a9fe:a9fe::1,fd00:100::100:200';
/**
 * IPv6 ranges that embed IPv4 addresses, with the positions of the embedded bytes. A gateway that the operator has allowed would
 * forward to them. RFC 6052 §2.2 places a zero byte inside. `::ffff:0:0/96` is compared as IPv4 everywhere.
 */
const CARRIERS: readonly (readonly [range: string, ...bytes: readonly number[]])[] = [
  ['::/96', 12, 13, 14, 15],
  ['::ffff:0:0:0/96', 12, 13, 14, 15],
  ['64:ff9b::/96', 12, 13, 14, 15],
  ['64:ff9b:1::/48', 12, 13, 14, 15],
  ['64:ff9b:1::/48', 6, 7, 9, 10],
  ['2002::/16', 2, 3, 4, 5],
];
/** The range of public IPv6. Embedded IPv4 addresses lie outside it or in `ALSO_CLOSED`. */
const PUBLIC_IPV6 = '2000::/3';
/** Ranges that are not public, or lead to IPv4, which the table of ipaddr.js lacks. */
const ALSO_CLOSED = '192.0.0.0/24,192.88.99.0/24,2001::/23,2002::/16,2001:db8::/32,3fff::/20,5f00::/16';

/**
 * Whether a webhook may connect to an address that was resolved from its host name.
 *
 * @param port the port of the URL
 * @param isPlain whether the URL is http, without encryption
 */
export function mayConnect(
  address: string,
  { port, isPlain }: { readonly port: number; readonly isPlain: boolean },
  open: readonly OpenRange[],
): boolean {
  if (isIP(address) === 0 || address.includes('%')) return false;
  // IPv4 notation inside IPv6 matches neither the operator's ranges nor public addresses.
  if (address.includes(':') && address.includes('.')) return false;
  if ([address, ...carriedBy(address)].some((one) => isAddressIn(one, METADATA))) return false;
  if (open.some((one) => (one.port === undefined || one.port === port) && isStrictlyIn(address, one.range)))
    return true;
  return !isPlain && port === 443 && isPublic(address);
}

/** Whether any open range includes this port. */
export function isPortOpen(port: number, open: readonly OpenRange[]): boolean {
  return open.some((one) => one.port === undefined || one.port === port);
}

/** The IPv4 addresses embedded in an IPv6 address. */
function carriedBy(address: string): string[] {
  const bytes = parse(address).toByteArray();
  return CARRIERS.filter(([range]) => isAddressIn(address, range)).map(([, ...places]) =>
    places.map((place) => bytes[place]).join('.'),
  );
}

/** An IPv6 address with an embedded IPv4 address does not match a range of IPv4. */
function isStrictlyIn(address: string, range: string): boolean {
  return parse(address).kind() === parse(range.split('/')[0] ?? '').kind() && isAddressIn(address, range);
}

function isPublic(address: string): boolean {
  const parsed: IPv4 | IPv6 = parse(address);
  if (isAddressIn(address, ALSO_CLOSED) || parsed.range() !== 'unicast') return false;
  return parsed instanceof IPv4 || isAddressIn(address, PUBLIC_IPV6);
}
