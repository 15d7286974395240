/** Of each kind of address that must never be reached, some members; the first is also written in other ways. */
const IPV4 = [
  ...['127.0.0.1', '127.0.0.2', '127.1.2.3', '127.255.255.254', '0.0.0.0', '0.0.0.1', '0.255.255.255'],
  ...['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.255.255'],
  ...[
    '169.254.0.1',
    '169.254.169.254',
    '169.254.170.2',
    '169.254.255.255',
    '100.64.0.1',
    '100.100.100.200',
    '100.127.255.255',
  ],
  ...[
    '192.0.0.1',
    '192.0.0.192',
    '192.0.2.1',
    '198.51.100.1',
    '203.0.113.1',
    '198.18.0.1',
    '198.19.255.255',
    '192.88.99.1',
  ],
  ...['224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', '168.63.129.16'],
];
const IPV6 = [
  ...[
    '::',
    '::1',
    'fe80::1',
    'febf::1',
    'fec0::1',
    'fc00::1',
    'fd00:ec2::254',
    'fd12:3456::1',
    'fdff::1',
    'fd20:ce::254',
  ],
  ...[
    'ff02::1',
    'ff0e::1',
    '2001:db8::1',
    '2001::1',
    '2001:2::1',
    '2001:10::1',
    '2001:20::1',
    '100::1',
    '3fff::1',
    '5f00::1',
  ],
  ...[
    '64:ff9b:1::1',
    '4000::1',
    '8000::1',
    'e000::1',
    '1::1',
    '0:0:0:0:0:0:0:1',
    '0000:0000:0000:0000:0000:0000:0000:0001',
  ],
];

const bytesOf = (address: string) => address.split('.').map(Number) as [number, number, number, number];

/** An IPv4 address in the other ways in which URLs take it. */
function otherNotations(address: string): string[] {
  const [a, b, c, d] = bytesOf(address);
  const whole = ((a * 256 + b) * 256 + c) * 256 + d;
  return [
    String(whole),
    `0x${whole.toString(16)}`,
    `0${whole.toString(8)}`,
    bytesOf(address)
      .map((byte) => `0x${byte.toString(16)}`)
      .join('.'),
    bytesOf(address)
      .map((byte) => `0${byte.toString(8)}`)
      .join('.'),
    `${a}.${(b * 256 + c) * 256 + d}`,
    `${a}.${b}.${c * 256 + d}`,
    `${address}.`,
    [...address].map((char) => (char === '.' ? '。' : char)).join(''),
    encodeURIComponent(address).replace(/\d/, (digit) => `%3${digit}`),
  ];
}

/** An IPv4 address inside IPv6. */
export function insideIpv6(address: string): string[] {
  const [a, b, c, d] = bytesOf(address);
  const hex = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  return [
    ...[`::ffff:${address}`, `::ffff:${hex}`, `::${address}`, `::${hex}`, `0:0:0:0:0:ffff:${hex}`],
    ...[
      `64:ff9b::${address}`,
      `64:ff9b::${hex}`,
      `64:ff9b:1::${hex}`,
      `64:ff9b:1:${(a * 256 + b).toString(16)}:${c.toString(16)}:${(d * 256).toString(16)}::`,
      `2002:${hex}::`,
      `2002:${hex}::1`,
      `::ffff:0:${address}`,
    ],
    `2001:0:4136:e378:8000:63bf:${(0xffff ^ (a * 256 + b)).toString(16)}:${(0xffff ^ (c * 256 + d)).toString(16)}`,
  ];
}

const samples = ['127.0.0.1', '10.0.0.1', '169.254.169.254', '192.168.0.1', '172.16.0.1'];
/** Addresses that must never be reached. */
export const FORBIDDEN_ADDRESSES = [...IPV4, ...IPV6, ...IPV4.flatMap(insideIpv6)];
/** The same as the host of a URL, in every way in which URLs take them. */
export const FORBIDDEN_FORMS = [
  ...IPV4,
  ...samples.flatMap(otherNotations),
  ...[...IPV6, ...IPV4.flatMap(insideIpv6)].map((one) => `[${one}]`),
];
