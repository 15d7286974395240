import { isoTime } from './common/times';
import { consoleLink, type ServerAddresses } from './console-address';
import type { FirstKey } from './setup/admin-keys';

/** A one-time code for the console, and where browsers find it. */
export interface FirstLink {
  readonly code: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly addresses: ServerAddresses;
}

export interface Welcome {
  readonly version: string;
  readonly port: number;
  readonly host: string;
  readonly docs: boolean;
  readonly console: boolean;
  readonly firstKey: FirstKey;
  /** Undefined if none was created. */
  readonly link: FirstLink | undefined;
}

const FIRST_CURL = `curl "$DAKKIO/api/buckets" -H "X-API-Key: $ADMIN_KEY" -H "Content-Type: application/json" -d '{"name":"My first bucket"}'`;
const HOW_TO_SIGN_IN = ' `npm run console-link` prints a link to the console.';
const EVERYWHERE = ['0.0.0.0', '::'];

/** The text on standard output once the server has started: its address and, the first time, the key and a command that uses it. */
export function welcome(start: Welcome): string {
  const { version, port, host, docs, firstKey, link } = start;
  const shownHost = EVERYWHERE.includes(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  const address = `http://${shownHost}:${port}`;
  const lines = ['', `Dakkio ${version} is ready at ${address}`];
  if (docs) lines.push(`API documentation: ${address}/docs`);
  if (firstKey.kind === 'preset stored')
    lines.push('', `The preset Admin key is stored.${start.console ? HOW_TO_SIGN_IN : ''}`);
  if (firstKey.kind === 'preset added')
    lines.push('', 'The preset Admin key is new: it has been added. The other Admin keys stay valid.');
  if (firstKey.kind === 'made') {
    lines.push('', 'Your Admin key. Store it now: it is never shown again.', '', `  ${firstKey.key}`);
    if (link) lines.push(...linkLines(link));
    lines.push(
      '',
      'Paste these lines into another terminal to create your first bucket. README.md shows what to do next.',
      '',
    );
    lines.push(`  export DAKKIO=${address}`, `  export ADMIN_KEY=${firstKey.key}`, `  ${FIRST_CURL}`);
  }
  return `${lines.join('\n')}\n\n`;
}

function linkLines({ code, expiresAt, addresses: { network, local } }: FirstLink): string[] {
  const links = [network, local]
    .filter((address) => address !== undefined)
    .map((address) => consoleLink(address, code));
  const [first = '', ...others] = links;
  return [
    '',
    `Open the console with this link. It works once, until ${isoTime(expiresAt)}. \`npm run console-link\` prints another.`,
    '',
    `  ${first}`,
    ...others.map((link) => `  ${link}  on this machine`),
  ];
}
