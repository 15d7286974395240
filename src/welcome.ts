import type { FirstKey } from './setup/admin-keys';

export interface Welcome {
  readonly version: string;
  readonly port: number;
  readonly host: string;
  readonly docs: boolean;
  readonly firstKey: FirstKey;
}

const EVERYWHERE = ['0.0.0.0', '::'];

/** The text on standard output once the server has started: its address and, the first time, the key and a command that uses it. */
export function welcome({ version, port, host, docs, firstKey }: Welcome): string {
  const shownHost = EVERYWHERE.includes(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  const address = `http://${shownHost}:${port}`;
  const lines = ['', `Dakkio ${version} is ready at ${address}`];
  if (docs) lines.push(`API documentation: ${address}/docs`);
  if (firstKey.kind === 'preset stored') lines.push('', 'The preset Admin key is stored.');
  if (firstKey.kind === 'preset added')
    lines.push('', 'The preset Admin key is new: it has been added. The other Admin keys stay valid.');
  if (firstKey.kind === 'made') {
    lines.push('', 'Your Admin key. Store it now: it is never shown again.', '', `  ${firstKey.key}`);
    lines.push('', 'Create your first bucket:', '', `  ${firstCurl(address, firstKey.key)}`);
  }
  return `${lines.join('\n')}\n\n`;
}

function firstCurl(address: string, key: string): string {
  return `curl -X POST "${address}/api/buckets" -H "X-API-Key: ${key}" -H "Content-Type: application/json" -d '{"name":"My first bucket"}'`;
}
