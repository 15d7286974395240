import { hkdfSync, randomBytes } from 'node:crypto';
import { constants, copyFileSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from './config/config';
import { ConfigError } from './config/settings';

/** What only this server knows, and what keys for its several uses are derived from. */
export class ServerSecret {
  constructor(private readonly text: string) {}

  /** A key of 32 bytes for one use (RFC 5869), of which nothing about the secret or other uses can be learnt. */
  keyFor(use: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.text, '', `dakkio ${use}`, 32));
  }
}

/**
 * The secret that the operator gives or, on SQLite, the one in the file beside the database, which is made if missing.
 *
 * @throws ConfigError on PostgreSQL without one: instances that each made up their own could not work together
 */
export function openServerSecret({ secretKey, database }: Pick<Config, 'secretKey' | 'database'>): ServerSecret {
  if (secretKey !== undefined) return new ServerSecret(secretKey);
  if (database.type === 'sqlite') return new ServerSecret(readOrMake(`${database.path}.secret`));
  throw new ConfigError(
    'DAKKIO_SECRET_KEY or DAKKIO_SECRET_KEY_FILE must be set on PostgreSQL, the same for every instance. `openssl rand -hex 32` prints one',
  );
}

function readOrMake(path: string): string {
  try {
    return read(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
  }
  mkdirSync(dirname(path), { recursive: true });
  make(path);
  return read(path);
}

/** Puts a whole file there, or none: other processes of this server may be making it, and the power may fail. */
function make(path: string): void {
  const draft = `${path}.${process.pid}`;
  rmSync(draft, { force: true });
  writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    linkSync(draft, path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    // File systems such as exFAT have no links.
    if (code !== 'EEXIST') copyFileSync(draft, path, constants.COPYFILE_EXCL);
  } finally {
    rmSync(draft);
  }
}

function read(path: string): string {
  const text = readFileSync(path, 'utf8').trim();
  if (text.length < 32) throw new ConfigError(`${path} is cut short: put the secret back that it held`);
  return text;
}
