import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import type { Config } from './common/config/config';
import { ConfigError } from './common/config/settings';

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** Addresses to listen on that mean every network. */
const EVERYWHERE = ['0.0.0.0', '::'];
/** Networks inside this machine: containers, virtual machines and tunnels. Other devices rarely reach them. */
const INNER = /^(docker|br-|veth|virbr|vmnet|vboxnet|cni|flannel|podman|lxc|utun|tun|tap|wg|zt)/;
const LINK_LOCAL = /^(169\.254\.|fe[89ab])/i;
const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd])/i;

/** Where browsers find the server. Never an address to listen on, which is none to open. */
export interface ServerAddresses {
  /** For other devices, if there is such an address. */
  readonly network: string | undefined;
  /** For this machine only, if the server listens there. */
  readonly local: string | undefined;
}

/**
 * The addresses to print in links, without a slash at the end.
 *
 * @throws ConfigError if the port is not known, for a command beside a server with `PORT=0`
 */
export function serverAddresses(
  { publicUrl, host, port }: Pick<Config, 'publicUrl' | 'host' | 'port'>,
  interfaces: Interfaces = networkInterfaces(),
): ServerAddresses {
  if (publicUrl !== '') return { network: publicUrl, local: undefined };
  if (port === 0) throw new ConfigError('PORT is 0, so the port of the server is not known. Set DAKKIO_PUBLIC_URL');
  const at = (name: string) => `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
  if (!EVERYWHERE.includes(host)) {
    const isLocal = host === 'localhost' || host === '::1' || host.startsWith('127.');
    return isLocal ? { network: undefined, local: at(host) } : { network: at(host), local: undefined };
  }
  const found = networkAddress(interfaces, host === '::');
  return { network: found === undefined ? undefined : at(found), local: at('localhost') };
}

/** The address of this machine that other devices reach most likely. */
function networkAddress(interfaces: Interfaces, withIPv6: boolean): string | undefined {
  const all = Object.entries(interfaces).flatMap(([name, infos = []]) =>
    infos
      .filter(({ internal, address }) => !internal && !LINK_LOCAL.test(address))
      .filter(({ family }) => family === 'IPv4' || withIPv6)
      .map(({ family, address }) => ({ address, rank: rankOf(name, family, address) })),
  );
  return all.sort((one, other) => one.rank - other.rank)[0]?.address;
}

function rankOf(name: string, family: string, address: string): number {
  return (INNER.test(name) ? 4 : 0) + (family === 'IPv4' ? 0 : 2) + (PRIVATE.test(address) ? 0 : 1);
}

/** A link that signs in to the console. The code is behind the `#`, which browsers send to no server. */
export function consoleLink(address: string, code: string): string {
  return `${address}/#/in/${code}`;
}
