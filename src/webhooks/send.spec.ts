import { getEventListeners, once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { connect, createServer, isIPv4, type AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { parseOpenRanges } from '../common/open-ranges';
import { mayConnect } from './address-guard';
import { realNetwork, send, type Network } from './send';
import { readTarget, type Target } from './webhook-url';

const message = { headers: {}, body: '{}' };

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

/** A receiver in a thread that does not run: once two are in its queue, the third gets no handshake until the gate opens. */
const BUSY_RECEIVER = `
  const { parentPort, workerData: gate } = require('node:worker_threads');
  const server = require('node:http').createServer((_, response) => response.writeHead(204).end());
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(gate, 0, 0);
  });`;

const bytesOf = (address: string) => address.split('.').map(Number) as [number, number, number, number];

/** An IPv4 address in the other ways in which URLs take it. */
function otherWays(address: string): string[] {
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
function insideIpv6(address: string): string[] {
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
const addresses = [...IPV4, ...IPV6, ...IPV4.flatMap(insideIpv6)];
const forms = [
  ...IPV4,
  ...samples.flatMap(otherWays),
  ...[...IPV6, ...IPV4.flatMap(insideIpv6)].map((one) => `[${one}]`),
];

/** A network that notes what it is asked to connect to, and never does. */
function watched(answers: readonly (readonly string[])[]): Network & { posted: string[]; looked: number } {
  const network = {
    posted: [] as string[],
    looked: 0,
    lookup: () => Promise.resolve(answers[Math.min(network.looked++, answers.length - 1)] ?? []),
    post: (addresses: readonly string[]) => {
      network.posted.push(...addresses);
      return Promise.reject<IncomingMessage>(new Error('Not in this test'));
    },
  };
  return network;
}

const targetOf = (url: string, open = parseOpenRanges([])): Target => {
  const target = readTarget(url, open);
  if (typeof target === 'string') throw new Error(target);
  return target;
};

it('has 300 forms and more to refuse', () => {
  expect(new Set(forms).size).toBeGreaterThan(300);
});

it('refuses every form of a forbidden address in a URL', () => {
  expect(forms.filter((form) => typeof readTarget(`https://${form}/`, []) !== 'string')).toEqual([]);
});

it('connects to none of them where a name leads there, first, last or among others', async () => {
  const target = targetOf('https://example.com/');
  for (const address of addresses)
    for (const answer of [[address], ['93.184.215.14', address], [address, '93.184.215.14']]) {
      const network = watched([answer]);
      const { error } = await send(target, message, [], { network });
      expect([address, network.posted, error]).toEqual([address, [], expect.stringMatching(/^The address is private/)]);
    }
});

it('judges what a name leads to at every attempt, and connects to what it judged', async () => {
  const network = watched([['93.184.215.14'], ['127.0.0.1'], ['93.184.215.15']]);
  const target = targetOf('https://example.com/');
  for (let attempt = 0; attempt < 3; attempt++) await send(target, message, [], { network });
  expect([network.looked, network.posted]).toEqual([3, ['93.184.215.14', '93.184.215.15']]);
});

it('never opens metadata addresses, whatever range is open, nor IPv4 inside IPv6', () => {
  const open = parseOpenRanges(['0.0.0.0/0', '[::]/0']);
  const metadata = [
    '169.254.169.254',
    '169.254.170.2',
    '100.100.100.200',
    '168.63.129.16',
    '169.254.42.42',
    '169.254.0.23',
    ...[
      'fd00:ec2::254',
      'fd00:ec2:0:1::9',
      'fd00:c1::a9fe:a9fe',
      'fd00:42::42',
      'fd00:a9fe:a9fe::1',
      'fd00:100::100:200',
    ],
  ];
  // All but Teredo, which leads to a machine behind a router and not to an address.
  const carried = metadata.filter(isIPv4).flatMap((address) => insideIpv6(address).slice(0, -1));
  expect(carried).toContain('64:ff9b:1:a9fe:a9:fe00::');
  const may = (address: string) => mayConnect(address, { port: 80, isPlain: true }, open);
  expect([...metadata, ...carried].filter(may)).toEqual([]);
  expect(['64:ff9b::7f00:1', '2002:7f00:1::1', 'fd00:42::43'].filter(may)).toHaveLength(3);
});

it('opens what the operator opens, and nothing beside it', () => {
  const open = parseOpenRanges(['192.168.1.0/24:1880', '[fd12::]/16', '10.0.0.7']);
  const may = (address: string, port: number, isPlain = true) => mayConnect(address, { port, isPlain }, open);
  expect([may('192.168.1.5', 1880), may('192.168.1.5', 1881), may('192.168.2.5', 1880)]).toEqual([true, false, false]);
  expect([may('fd12::1', 8080), may('fd13::1', 8080), may('10.0.0.7', 80), may('10.0.0.8', 80)]).toEqual([
    true,
    false,
    true,
    false,
  ]);
  expect([may('93.184.215.14', 443, false), may('93.184.215.14', 443), may('93.184.215.14', 1880)]).toEqual([
    true,
    false,
    false,
  ]);
  expect([may('2606:2800:21f:cb07::1', 443, false), may('example.com', 443, false), may('', 443, false)]).toEqual([
    true,
    false,
    false,
  ]);
});

it.each([
  ['ftp://example.com/', /must be an https URL/],
  ['example.com', /must be an https URL/],
  ['https://user@example.com/', /user name or a password/],
  ['https://:secret@example.com/', /user name or a password/],
  ['http://example.com/', /https on port 443/],
  ['https://example.com:8443/', /https on port 443/],
  [`https://example.com/${'a'.repeat(2000)}`, /up to 2000 characters/],
  [`https://${'a'.repeat(64)}.example.com/`, /must be an https URL/],
  [`https://${'abc.'.repeat(63)}de/`, /must be an https URL/],
])('refuses the URL %s', (url, said) => {
  expect(readTarget(url, [])).toMatch(said);
});

it('takes host names as long as the name system does', () => {
  expect(targetOf(`https://${'abc.'.repeat(63)}d/`).host).toHaveLength(253);
  expect(targetOf(`https://${'a'.repeat(63)}.example.com./`).host).toHaveLength(75);
});

it('hands its own format to nobody, and any other on', () => {
  const read = (url: string) => {
    const { url: sent, format } = targetOf(url);
    return [sent.href, format];
  };
  expect(read('https://example.com/?format=slack&a=1#x')).toEqual(['https://example.com/?a=1', 'slack']);
  expect(read('https://example.com/?format=xml')).toEqual(['https://example.com/?format=xml', 'standard']);
  expect(read('https://hooks.slack.com/services/T/B/x')[1]).toBe('slack');
  expect(read('https://discord.com/api/webhooks/1/x')[1]).toBe('discord');
  expect(read('https://a.webhook.office.com/x')[1]).toBe('teams');
  expect(read('https://discord.com.example.com/')[1]).toBe('standard');
});

describe('on the real network', () => {
  it('opens no connection to the loopback, by name or address', async () => {
    let connections = 0;
    const servers = await Promise.all(
      ['127.0.0.1', '::1'].map(async (host) => {
        const server = createServer((socket) => {
          connections += 1;
          socket.destroy();
        }).listen(0, host);
        await once(server, 'listening');
        return server;
      }),
    );
    for (const server of servers) {
      const { port } = server.address() as AddressInfo;
      // The port is open elsewhere, so that it is the address alone that is judged.
      const open = parseOpenRanges([`11.0.0.0/8:${port}`]);
      const { error } = await send(targetOf(`http://localhost:${port}/`, open), message, open);
      expect(error).toMatch(/^The address is private/);
      for (const form of forms) expect(typeof readTarget(`http://${form}:${port}/`, open)).toBe('string');
    }
    expect(connections).toBe(0);
    for (const server of servers) server.close();
  });

  it('gives up on who does not answer in time', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const open = parseOpenRanges(['127.0.0.1']);
    const { status, error } = await send(targetOf(`http://127.0.0.1:${port}/`, open), message, open, {
      timeoutMillis: 50,
    });
    expect([status, error]).toEqual([null, 'No answer within 0.05 seconds']);
    server.close();
  });

  it('takes the next address where nobody listens at the first', async () => {
    const server = createHttpServer((_, response) => response.writeHead(204).end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const open = parseOpenRanges(['127.0.0.0/8', '[::1]']);
    for (const others of [['127.0.0.9'], ['::1'], ['::1', '127.0.0.9']]) {
      const network = { ...realNetwork, lookup: () => Promise.resolve([...others, '127.0.0.1']) };
      const { status } = await send(targetOf(`http://hooks.test:${port}/`, open), message, open, { network });
      expect([others, status]).toEqual([others, 204]);
    }
    server.close();
  });

  it('waits for a handshake that takes a second, and does not leave for an address that refuses', async () => {
    const gate = new Int32Array(new SharedArrayBuffer(4));
    const receiver = new Worker(BUSY_RECEIVER, { eval: true, workerData: gate });
    const [port] = (await once(receiver, 'message')) as [number];
    const queue = [1, 2].map(() => connect(port, '127.0.0.1').on('error', () => undefined));
    await Promise.all(queue.map((socket) => once(socket, 'connect')));
    const open = parseOpenRanges(['127.0.0.0/8']);
    const network = { ...realNetwork, lookup: () => Promise.resolve(['127.0.0.1', '127.0.0.9']) };
    const sent = send(targetOf(`http://hooks.test:${port}/`, open), message, open, { network });
    setTimeout(() => Atomics.notify(gate, 0), 500);
    const attempt = await sent;
    for (const socket of queue) socket.destroy();
    // Before anything is judged: a thread that waits would keep the tests from ending.
    Atomics.notify(gate, 0);
    await receiver.terminate();
    expect(attempt).toMatchObject({ status: 204, error: null });
  });

  it('is over at once when the server stops, and leaves nothing on its signal', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const open = parseOpenRanges(['127.0.0.1']);
    const stop = new AbortController();
    const sent = () => send(targetOf(`http://127.0.0.1:${port}/`, open), message, open, { stop: stop.signal });
    const first = sent();
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
    stop.abort();
    for (const { error } of [await first, await sent()]) expect(error).toBe('The server stopped before an answer came');
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
    server.close();
  });

  it.each([
    ['HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n', 'The answer was not valid HTTP'],
    ['HTTP/1.1 100 Continue\r\n\r\n', 'No answer within 0.2 seconds'],
    ['SSH-2.0-OpenSSH_9.2\r\n', 'The answer was not valid HTTP'],
    [`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 'The answer was not valid HTTP'],
  ])('comes to an end with whoever answers %j', async (said, wanted) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined).write(said);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const open = parseOpenRanges(['127.0.0.1']);
    const target = targetOf(`http://127.0.0.1:${port}/`, open);
    expect((await send(target, message, open, { timeoutMillis: 200 })).error).toBe(wanted);
    server.close();
  });

  it('says so where nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const open = parseOpenRanges(['127.0.0.1']);
    expect((await send(targetOf(`http://127.0.0.1:${port}/`, open), message, open)).error).toBe(
      'The connection was refused',
    );
  });
});
