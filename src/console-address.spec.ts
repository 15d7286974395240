import type { NetworkInterfaceInfo } from 'node:os';
import { serverAddresses } from './console-address';

const info = (address: string, internal = false) =>
  ({ address, internal, family: address.includes(':') ? 'IPv6' : 'IPv4' }) as NetworkInterfaceInfo;
const LOOPBACK = { lo: [info('127.0.0.1', true), info('::1', true)] };
const EVERYWHERE = { publicUrl: '', host: '0.0.0.0', port: 3000 };

it.each([
  ['the only network', { eth0: [info('192.168.1.5')] }, 'http://192.168.1.5:3000'],
  [
    'a network rather than a bridge of containers',
    { docker0: [info('172.17.0.1')], wlan0: [info('10.0.0.7')] },
    'http://10.0.0.7:3000',
  ],
  [
    'a private address rather than a public one',
    { eth0: [info('203.0.113.9'), info('192.168.1.5')] },
    'http://192.168.1.5:3000',
  ],
  ['a public one, if there is no other', { eth0: [info('203.0.113.9')] }, 'http://203.0.113.9:3000'],
  [
    'no IPv6 address, where it does not listen',
    { eth0: [info('fd00::5'), info('203.0.113.9')] },
    'http://203.0.113.9:3000',
  ],
  ['a bridge, if there is nothing else', { docker0: [info('172.17.0.1')] }, 'http://172.17.0.1:3000'],
  ['no link-local address', { eth0: [info('169.254.3.4'), info('fe80::1')] }, undefined],
  ['nothing without a network', {}, undefined],
])('on 0.0.0.0 it names %s', (_what, interfaces, network) => {
  expect(serverAddresses(EVERYWHERE, { ...LOOPBACK, ...interfaces })).toEqual({
    network,
    local: 'http://localhost:3000',
  });
});

it('on :: it names an IPv6 address in brackets, if there is no IPv4 address', () => {
  const config = { ...EVERYWHERE, host: '::' };
  expect(serverAddresses(config, { eth0: [info('fe80::1'), info('fd00::5')] }).network).toBe('http://[fd00::5]:3000');
  expect(serverAddresses(config, { eth0: [info('fd00::5'), info('192.168.1.5')] }).network).toBe(
    'http://192.168.1.5:3000',
  );
});

it.each([
  ['192.168.1.5', { network: 'http://192.168.1.5:3000', local: undefined }],
  ['hub.local', { network: 'http://hub.local:3000', local: undefined }],
  ['127.0.0.1', { network: undefined, local: 'http://127.0.0.1:3000' }],
  ['localhost', { network: undefined, local: 'http://localhost:3000' }],
  ['::1', { network: undefined, local: 'http://[::1]:3000' }],
])('names the address that the server listens on: %s', (host, wanted) => {
  expect(serverAddresses({ ...EVERYWHERE, host }, { eth0: [info('10.0.0.7')] })).toEqual(wanted);
});

it('names the public address alone where one is set', () => {
  const publicUrl = 'https://example.com/dakkio';
  expect(serverAddresses({ ...EVERYWHERE, publicUrl, port: 0 }, { eth0: [info('10.0.0.7')] })).toEqual({
    network: publicUrl,
    local: undefined,
  });
});

it('refuses a port that is not known', () => {
  expect(() => serverAddresses({ ...EVERYWHERE, port: 0 }, {})).toThrow('Set DAKKIO_PUBLIC_URL');
});
