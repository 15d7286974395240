import { isIP, isIPv4 } from 'node:net';
import { IPv4, IPv6, parse } from 'ipaddr.js';
import { LruMap } from './lru-map';

type Range = readonly [IPv4 | IPv6, number];

/** Parsed rules, with cached results for recent addresses. */
interface Rules {
  readonly ranges: readonly Range[];
  readonly results: Map<string, boolean>;
}

/** Cached results per set of rules. */
export const MAX_CACHED_RESULTS = 20;
/** Rules and cached results in memory, in total. Keys with the same rules share one entry. */
export const MAX_RULES_READY = 200_000;
const compiled = new LruMap<string, Rules>(MAX_RULES_READY, ({ ranges }) => ranges.length + MAX_CACHED_RESULTS);

/** The longest text of an IPv6 address, with IPv4 at its end, and of a prefix length after it. */
const LONGEST_RULE = 49;

/** What is wrong with a text that should be an IP address or a CIDR range. */
export interface AddressFault {
  readonly kind: 'neither' | 'prefix' | 'mapped' | 'bits';
  /** The rest of the sentence after the text: `is neither …`. */
  readonly message: string;
}

/**
 * Finds what is wrong with a text that should be an IP address or a CIDR range. A range must start with its first
 * address, and IPv4-mapped IPv6 addresses are not allowed.
 */
export function findAddressFault(text: string): AddressFault | undefined {
  const [address = '', prefix, ...rest] = text.length > LONGEST_RULE ? [] : text.split('/');
  if (rest.length > 0 || isIP(address) === 0 || address.includes('%'))
    return { kind: 'neither', message: 'is neither an IP address nor a CIDR range' };
  const parsed = parse(address);
  if (parsed instanceof IPv6 && parsed.isIPv4MappedAddress())
    return { kind: 'mapped', message: `is IPv4 inside IPv6: write ${parsed.toIPv4Address().toString()}` };
  if (prefix === undefined) return undefined;
  const longest = isIPv4(address) ? 32 : 128;
  if (!/^(0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > longest)
    return { kind: 'prefix', message: `needs a prefix length from 0 to ${longest}` };
  const first = firstOf(parsed, text);
  if (first === parsed.toString()) return undefined;
  return { kind: 'bits', message: `has bits set beyond its prefix: write ${first}/${prefix}` };
}

/** Returns only the sentence of `findAddressFault`. */
export function addressRuleFault(text: string): string | undefined {
  return findAddressFault(text)?.message;
}

/** Whether an address matches one of these addresses or ranges. `::ffff:192.0.2.1` counts as 192.0.2.1. False for an invalid address. */
export function isAddressIn(address: string, rules: string): boolean {
  const { ranges, results } = rulesOf(rules);
  let isIn = results.get(address);
  if (isIn === undefined) {
    if (results.size === MAX_CACHED_RESULTS) results.clear();
    results.set(address, (isIn = isIP(address) !== 0 && isInOneOf(parseClient(address), ranges)));
  }
  return isIn;
}

/** Whether every range of `rules` lies within a single range of `others`. */
export function isRangeIn(rules: string, others: string): boolean {
  const wide = rulesOf(others).ranges;
  return rulesOf(rules).ranges.every(([network, bits]) =>
    wide.some(
      ([other, otherBits]) => other.kind() === network.kind() && otherBits <= bits && network.match(other, otherBits),
    ),
  );
}

/** The weight of the cache and the number of cached addresses. For tests. */
export function rulesInMemory(): { readonly weight: number; readonly addresses: number } {
  return { weight: compiled.weight, addresses: [...compiled].reduce((sum, [, { results }]) => sum + results.size, 0) };
}

function isInOneOf(address: IPv4 | IPv6, ranges: readonly Range[]): boolean {
  return ranges.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));
}

/** `203.0.113.5:51234`, `[2001:db8::1]` and `[2001:db8::1]:443`: the address alone. */
const WITH_PORT = /^(?:\[([0-9a-f:.]+(?:%[^\]]+)?)\](?::\d{1,5})?|([0-9.]+):\d{1,5})$/i;

/**
 * Normalizes an address from a proxy or a socket: removes port, brackets and zone, writes IPv6 as in RFC 5952, and converts
 * IPv4-mapped IPv6 to IPv4. Empty if the text is not an address.
 */
export function readAddress(text: string): string {
  if (isIPv4(text)) return text;
  // A dual-stack socket reports IPv4 clients this way.
  if (text.startsWith('::ffff:') && isIPv4(text.slice(7))) return text.slice(7);
  const [, v6, v4] = WITH_PORT.exec(text) ?? [];
  const address = v6 ?? v4 ?? text;
  if (isIP(address) === 0 || (v6 !== undefined && isIPv4(v6))) return '';
  return parseClient(address).toString();
}

/**
 * Drops the zone, which names a local interface. `::192.0.2.1` is not an IPv4 address, although ipaddr.js parses it as one
 * if it begins with two colons.
 */
function parseClient(address: string): IPv4 | IPv6 {
  const [plain = ''] = address.split('%');
  const parsed = parse(/^::\d+\./.test(plain) ? `0${plain}` : plain);
  return parsed instanceof IPv6 && parsed.isIPv4MappedAddress() ? parsed.toIPv4Address() : parsed;
}

/** @param rules validated addresses and ranges, separated by commas */
function rulesOf(text: string): Rules {
  let rules = compiled.get(text);
  if (!rules) {
    compiled.set(text, (rules = { ranges: text.split(',').map(rangeOf), results: new Map() }));
  }
  return rules;
}

function rangeOf(rule: string): Range {
  const [address = '', prefix] = rule.split('/');
  const network = parse(address);
  return [network, prefix === undefined ? network.toByteArray().length * 8 : Number(prefix)];
}

function firstOf(address: IPv4 | IPv6, range: string): string {
  return (address instanceof IPv4 ? IPv4 : IPv6).networkAddressFromCIDR(range).toString();
}
