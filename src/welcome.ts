import { ConfigError } from './common/config/settings';
import type { FirstKey } from './setup/admin-keys';

export interface Welcome {
  readonly port: number;
  readonly host: string;
  readonly docs: boolean;
  readonly firstKey: FirstKey;
}

const EVERYWHERE = ['0.0.0.0', '::'];

/** What a person reads when the server has started: where it is and, the first time, the key and a line that uses it. */
export function welcome({ port, host, docs, firstKey }: Welcome): string {
  const shownHost = EVERYWHERE.includes(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  const address = `http://${shownHost}:${port}`;
  const lines = ['', `Dakkio is ready at   ${address}`];
  if (docs) lines.push(`Try the API at       ${address}/docs`);
  if (firstKey.kind === 'preset stored') lines.push('', 'The preset Admin key is stored.');
  if (firstKey.kind === 'preset added')
    lines.push('', 'The preset Admin key was not known yet: it has been added. The other Admin keys stay valid.');
  if (firstKey.kind === 'made') {
    lines.push('', 'Your Admin key. Store it now: it is never shown again.', '', `  ${firstKey.key}`);
    lines.push('', 'Create your first bucket:', '', `  ${firstCurl(address, firstKey.key)}`);
  }
  return `${lines.join('\n')}\n\n`;
}

function firstCurl(address: string, key: string): string {
  return `curl -X POST "${address}/api/buckets" -H "X-API-Key: ${key}" -H "Content-Type: application/json" -d '{"name":"My first bucket"}'`;
}

/** Errors whose own message says enough. */
const OF_THE_SYSTEM = [
  'EACCES',
  'EADDRNOTAVAIL',
  'ENOTFOUND',
  'EEXIST',
  'ENOTDIR',
  'EISDIR',
  'EROFS',
  'ENOSPC',
  'EPERM',
];

/** Why the server could not start, in words for the operator where the cause is theirs to mend. */
export function explainFailure(cause: unknown): string {
  if (cause instanceof ConfigError) return `Cannot start: ${cause.message}`;
  const { code, message, stack, port, address } = cause as NodeJS.ErrnoException & { port?: number; address?: string };
  if (code === 'EADDRINUSE') return `Cannot start: port ${port} of ${address} is taken. Set PORT to another one`;
  if (code && OF_THE_SYSTEM.includes(code)) return `Cannot start: ${message}`;
  if (code === 'ECONNREFUSED') return 'Cannot start: the database of DATABASE_URL does not accept connections';
  if (code?.startsWith('28') || code === '3D000') return `Cannot start: the database refuses: ${message}`;
  if (code?.startsWith('SQLITE_')) return `Cannot start: the database file cannot be used: ${message} (${code})`;
  return `Cannot start: ${stack ?? String(cause)}`;
}
