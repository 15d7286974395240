import { isIP } from 'node:net';
import { IPv4, parse, type IPv6 } from 'ipaddr.js';
import { isAddressIn } from '../../common/addresses';
import type { OpenRange } from '../../common/open-ranges';

/**
 * Where clouds tell a machine its own credentials: Amazon, Google, Azure and most others; Amazon's containers and its time and
 * name servers; Alibaba; Azure's host; Oracle; Scaleway; Tencent; and in IPv6 Amazon, Google, Oracle, Scaleway, Linode, Alibaba.
 */
const METADATA =
  '169.254.169.254,169.254.170.2,169.254.170.23,169.254.169.253,169.254.169.123,100.100.100.200,168.63.129.16,192.0.0.192,' +
  '169.254.42.42,169.254.0.23,' +
  'fd00:ec2::/32,fd20:ce::254,fd00:c1::a9fe:a9fe,fd00:42::42,fd00:a9fe:a9fe::1,fd00:100::100:200';
/**
 * Ranges whose addresses stand for IPv4 ones, and at which byte these begin; `::ffff:0:0/96` is read as IPv4 wherever addresses are
 * compared. A gateway that the operator has opened would lead on to them. RFC 6052 §2.2 has a byte of zeros within them.
 */
const CARRIERS: readonly (readonly [range: string, ...bytes: readonly number[]])[] = [
  ['::/96', 12, 13, 14, 15],
  ['::ffff:0:0:0/96', 12, 13, 14, 15],
  ['64:ff9b::/96', 12, 13, 14, 15],
  ['64:ff9b:1::/48', 12, 13, 14, 15],
  ['64:ff9b:1::/48', 6, 7, 9, 10],
  ['2002::/16', 2, 3, 4, 5],
];
/** What is handed out for the public IPv6 internet; IPv4 in other clothes lies outside it, or is told apart below. */
const PUBLIC_IPV6 = '2000::/3';
/** More than the table of ipaddr.js says of addresses that lead nowhere public, or back into IPv4. */
const ALSO_CLOSED = '192.0.0.0/24,192.88.99.0/24,2001::/23,2002::/16,2001:db8::/32,3fff::/20,5f00::/16';

/**
 * Whether a webhook may connect to an address, which a name has been looked up to.
 *
 * @param port asked for by the URL
 * @param isPlain whether it is http, without encryption
 */
export function mayConnect(
  address: string,
  { port, isPlain }: { readonly port: number; readonly isPlain: boolean },
  open: readonly OpenRange[],
): boolean {
  if (isIP(address) === 0 || address.includes('%')) return false;
  // IPv4 inside IPv6 is not what the operator's ranges say, nor what is public.
  if (address.includes(':') && address.includes('.')) return false;
  if ([address, ...carriedBy(address)].some((one) => isAddressIn(one, METADATA))) return false;
  if (open.some((one) => (one.port === undefined || one.port === port) && isStrictlyIn(address, one.range)))
    return true;
  return !isPlain && port === 443 && isPublic(address);
}

/** Whether any range is open for so much as this port. */
export function isPortOpen(port: number, open: readonly OpenRange[]): boolean {
  return open.some((one) => one.port === undefined || one.port === port);
}

/** The IPv4 addresses that an IPv6 one stands for. */
function carriedBy(address: string): string[] {
  const bytes = parse(address).toByteArray();
  return CARRIERS.filter(([range]) => isAddressIn(address, range)).map(([, ...places]) =>
    places.map((place) => bytes[place]).join('.'),
  );
}

/** An IPv6 address that carries an IPv4 one is not in a range of IPv4. */
function isStrictlyIn(address: string, range: string): boolean {
  return parse(address).kind() === parse(range.split('/')[0] ?? '').kind() && isAddressIn(address, range);
}

function isPublic(address: string): boolean {
  const parsed: IPv4 | IPv6 = parse(address);
  if (isAddressIn(address, ALSO_CLOSED) || parsed.range() !== 'unicast') return false;
  return parsed instanceof IPv4 || isAddressIn(address, PUBLIC_IPV6);
}
