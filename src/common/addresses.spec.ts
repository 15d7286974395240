import { isIP } from 'node:net';
import fc from 'fast-check';
import { repetitions } from '../../test/support/repetitions';
import { findAddressFault, isAddressIn, readAddress, addressRuleFault } from './addresses';

/** One family: how long its addresses are, and how a number is written as one. */
interface Family {
  readonly name: string;
  readonly bits: number;
  write(value: bigint): string;
}

const IPV4: Family = {
  name: 'IPv4',
  bits: 32,
  write: (value) => [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.'),
};
const IPV6: Family = {
  name: 'IPv6',
  bits: 128,
  write: (value) =>
    Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16)).join(':'),
};

const firstOf = (value: bigint, { bits }: Family, prefix: number) => {
  const free = BigInt(bits - prefix);
  return (value >> free) << free;
};
/** Addresses near each other, so that a range holds them about as often as not. */
const addressesOf = ({ bits }: Family) =>
  fc
    .tuple(fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n }), fc.integer({ min: 0, max: bits }), fc.bigInt())
    .map(([base, distance, noise]) => [base, base ^ BigInt.asUintN(distance, noise)] as const);

describe.each([IPV4, IPV6])('an $name range', (family) => {
  const prefix = fc.integer({ min: 0, max: family.bits });

  it('holds the addresses that share its first bits, and no other', () => {
    fc.assert(
      fc.property(addressesOf(family), prefix, ([one, other], length) => {
        const first = firstOf(one, family, length);
        // What is IPv4 inside IPv6 has a test of its own.
        fc.pre(family.bits === 32 || other >> 32n !== 0xffffn);
        const isWithin = firstOf(other, family, length) === first;
        expect(isAddressIn(family.write(other), `${family.write(first)}/${length}`)).toBe(isWithin);
      }),
    );
  });

  it('is written by its first address alone', () => {
    fc.assert(
      fc.property(addressesOf(family), prefix, ([address], length) => {
        fc.pre(family.bits === 32 || address >> 32n !== 0xffffn);
        const isFirst = firstOf(address, family, length) === address;
        expect(findAddressFault(`${family.write(address)}/${length}`)?.kind).toBe(isFirst ? undefined : 'bits');
      }),
    );
  });

  it('of one address is the same as that address', () => {
    fc.assert(
      fc.property(addressesOf(family), ([one, other]) => {
        const rule = family.write(one);
        expect(isAddressIn(family.write(other), rule)).toBe(isAddressIn(family.write(other), `${rule}/${family.bits}`));
      }),
    );
  });
});

describe("a client's address", () => {
  it.each([
    ['192.168.1.20', '10.0.0.0/8,192.168.1.20'],
    ['10.255.255.255', '192.168.1.20,10.0.0.0/8'],
    ['255.255.255.255', '0.0.0.0/0'],
    ['::ffff:10.1.2.3', '10.0.0.0/8'],
    ['::ffff:a01:203', '10.0.0.0/8'],
    ['0:0:0:0:0:FFFF:10.1.2.3', '10.0.0.0/8'],
    ['2001:DB8::1', '2001:db8::/32'],
    ['2001:db8:0:0:0:0:0:1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::/10'],
    ['fe80::1%wlan-0.100', 'fe80::1'],
    ['::1', '::1'],
    ['::a01:203', '::/0'],
    ['::10.1.2.3', '::/96'],
  ])('%s is in %s', (address, rules) => {
    expect(isAddressIn(address, rules)).toBe(true);
  });

  it.each([
    ['192.168.1.21', '192.168.1.20'],
    ['11.0.0.0', '10.0.0.0/8'],
    ['9.255.255.255', '10.0.0.0/8'],
    ['10.0.0.1', '::/0'],
    ['::1', '0.0.0.0/0'],
    ['::ffff:10.1.2.3', '::/0'],
    ['::10.1.2.3', '10.0.0.0/8'],
    ['010.0.0.1', '10.0.0.0/8'],
    ['10.1', '10.0.0.0/8'],
    ['167772161', '10.0.0.0/8'],
    ['0x0a000001', '10.0.0.0/8'],
    ['10.0.0.1 ', '10.0.0.0/8'],
    ['10.0.0.1%eth0', '10.0.0.0/8'],
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['localhost', '127.0.0.0/8'],
    ['', '0.0.0.0/0'],
  ])('%s is not in %s', (address, rules) => {
    expect(isAddressIn(address, rules)).toBe(false);
  });

  it('is an IPv4 address wherever IPv6 carries it', () => {
    fc.assert(
      fc.property(addressesOf(IPV4), fc.integer({ min: 0, max: 32 }), ([one, other], length) => {
        const rule = `${IPV4.write(firstOf(one, IPV4, length))}/${length}`;
        expect(isAddressIn(IPV6.write((0xffffn << 32n) | other), rule)).toBe(isAddressIn(IPV4.write(other), rule));
      }),
    );
  });

  it('may be any text, and nothing is thrown', () => {
    const pieces = fc.constantFrom('::', ':', '.', '/', '%', '0', '1', '010', '255', '256', 'ffff', 'g', '-', 'eth0');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 14 }), (texts) => {
        const text = texts.join('');
        isAddressIn(text, '10.0.0.0/8,2001:db8::/32');
        return findAddressFault(text)?.kind !== undefined || isIP(text.split('/')[0] ?? '') !== 0;
      }),
      { numRuns: repetitions(200, 2000) },
    );
  });

  it.each([
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['::1', '::1'],
    ['', ''],
    ['203.0.113.5:51234', '203.0.113.5'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:DB8:0:0::1]:0', '2001:db8::1'],
    ['2001:0DB8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:FFFF:192.0.2.1', '192.0.2.1'],
    ['[::FFFF:192.0.2.1]:80', '192.0.2.1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['[fe80::1%eth0]:443', 'fe80::1'],
    ['::192.0.2.1', '::c000:201'],
    ['unknown', ''],
    ['192.0.2.1:', ''],
    ['192.0.2.1:http', ''],
    ['192.0.2.1:123456', ''],
    ['2001:db8::1:443:1:1:1:1:1', ''],
    ['[192.0.2.1]:80', ''],
    ['[2001:db8::1', ''],
    ['[2001:db8::1]443', ''],
    ['192.0.2.1 ', ''],
    ['192.0.2', ''],
  ])('is written plainly: %s as "%s"', (address, plain) => {
    expect(readAddress(address)).toBe(plain);
  });

  it('is read as the same one again', () => {
    const texts = fc.oneof(
      fc.ipV4().map((v4) => [v4, `${v4}:80`, `::FFFF:${v4}`]),
      fc.ipV6().map((v6) => [v6, `[${v6}]:443`, v6.toUpperCase()]),
    );
    fc.assert(
      fc.property(texts, (written) => {
        const [first = '', ...others] = written.map(readAddress);
        expect(isIP(first)).not.toBe(0);
        expect(others).toEqual([first, first]);
        expect(readAddress(first)).toBe(first);
      }),
    );
  });
});

describe('a rule', () => {
  const neither = 'is neither an IP address nor a CIDR range';
  it.each([
    ['', 'neither', neither],
    ['10.0.0', 'neither', neither],
    ['010.0.0.1', 'neither', neither],
    ['10.0.0.1 ', 'neither', neither],
    ['256.0.0.1', 'neither', neither],
    ['10.0.0.0/8/8', 'neither', neither],
    ['/8', 'neither', neither],
    ['fe80::1%eth0', 'neither', neither],
    ['[::1]', 'neither', neither],
    ['10.0.0.1:80', 'neither', neither],
    ['localhost', 'neither', neither],
    ['*', 'neither', neither],
    ['0'.repeat(1000), 'neither', neither],
    ['10.0.0.0/', 'prefix', 'needs a prefix length from 0 to 32'],
    ['10.0.0.0/33', 'prefix', 'needs a prefix length from 0 to 32'],
    ['10.0.0.0/08', 'prefix', 'needs a prefix length from 0 to 32'],
    ['10.0.0.0/-1', 'prefix', 'needs a prefix length from 0 to 32'],
    ['10.0.0.0/255.0.0.0', 'prefix', 'needs a prefix length from 0 to 32'],
    ['2001:db8::/129', 'prefix', 'needs a prefix length from 0 to 128'],
    ['::ffff:10.0.0.1', 'mapped', 'is IPv4 inside IPv6: write 10.0.0.1'],
    ['::10.0.0.1', 'mapped', 'is IPv4 inside IPv6: write 10.0.0.1'],
    ['::ffff:a00:1', 'mapped', 'is IPv4 inside IPv6: write 10.0.0.1'],
    ['::ffff:10.0.0.0/104', 'mapped', 'is IPv4 inside IPv6: write 10.0.0.0'],
    ['10.0.0.1/8', 'bits', 'has bits set beyond its prefix: write 10.0.0.0/8'],
    ['2001:db8::1/32', 'bits', 'has bits set beyond its prefix: write 2001:db8::/32'],
    ['0.0.0.1/0', 'bits', 'has bits set beyond its prefix: write 0.0.0.0/0'],
  ])('is refused: "%s"', (text, kind, message) => {
    expect([findAddressFault(text), addressRuleFault(text)]).toEqual([{ kind, message }, message]);
  });

  it.each([
    '10.0.0.1',
    '0.0.0.0/0',
    '10.0.0.0/8',
    '10.0.0.1/32',
    '::',
    '::/0',
    '2001:db8::/32',
    '2001:0DB8:0000:0000:0000:0000:0000:0001',
    '64:ff9b::192.0.2.1',
    '2001:db8::1/128',
  ])('may be %s', (text) => {
    expect(findAddressFault(text)).toBeUndefined();
  });
});
