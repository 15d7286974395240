import { isIPv4 } from 'node:net';
import { parseOpenRanges } from '../../common/open-ranges';
import { insideIpv6 } from '../../../test/support/forbidden-addresses';
import { mayConnect } from './address-guard';

it('never allows metadata addresses, even embedded in IPv6, whatever range is open', () => {
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

it('allows only the ranges and ports that the operator opens', () => {
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
