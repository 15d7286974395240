import { hkdfSync, randomBytes } from 'node:crypto';
import {
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { Config } from './config/config';
import { ConfigError } from './config/settings';

/** The server's secret, from which a separate key for each use is derived. */
export class ServerSecret {
  /** @param previous another secret that is accepted while data that was made with it still exists */
  constructor(
    private readonly text: string,
    private readonly previous?: string,
  ) {}

  get hasPrevious(): boolean {
    return this.previous !== undefined;
  }

  /** Derives a 32-byte key for one use (RFC 5869). It reveals nothing about the secret or the keys for other uses. */
  keyFor(use: string): Buffer {
    return keyOf(this.text, use);
  }

  /** The accepted keys for one use: the current one and, during a rotation, that of the previous secret. */
  keysFor(use: string): readonly [Buffer, ...Buffer[]] {
    return this.previous === undefined ? [this.keyFor(use)] : [this.keyFor(use), keyOf(this.previous, use)];
  }
}

export type SecretSettings = Pick<Config, 'secretKey' | 'secretKeyPrevious' | 'database'>;

/**
 * Writes a new secret to the file next to an SQLite database. The previous secret stays in a second file and is accepted
 * until `endSecretChange`. If it was interrupted, the next call completes the change.
 *
 * @returns whether this call changed the secret; false if a change is already in progress
 */
export function beginSecretChange(databasePath: string): boolean {
  const path = secretPath(databasePath);
  const present = read(path);
  const before = readIfExists(previousPath(path));
  if (before !== undefined && before !== present) return false;
  if (before === undefined) writeSecret(previousPath(path), present);
  writeSecret(path, randomBytes(32).toString('hex'));
  return true;
}

/** Stops accepting the previous secret. */
export function endSecretChange(databasePath: string): void {
  rmSync(previousPath(secretPath(databasePath)), { force: true });
}

/** The file next to an SQLite database that contains the secret, unless the operator sets one. */
export function secretPath(databasePath: string): string {
  return `${databasePath}.secret`;
}

function previousPath(path: string): string {
  return `${path}.previous`;
}

/** Replaces a file atomically. */
function writeSecret(path: string, text: string): void {
  const draft = `${path}.${process.pid}`;
  rmSync(draft, { force: true });
  writeFileSync(draft, `${text}\n`, { mode: 0o600, flag: 'wx', flush: true });
  renameSync(draft, path);
}

function readIfExists(path: string): string | undefined {
  return existsSync(path) ? read(path) : undefined;
}

function keyOf(secret: string, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `dakkio ${use}`, 32));
}

/**
 * Returns the secret that the operator sets or, on SQLite, the one in the file next to the database. Undefined if that
 * file is missing: it is created only together with a new database.
 *
 * @throws ConfigError on PostgreSQL without a secret: all instances must share one
 */
export function findServerSecret({ secretKey, secretKeyPrevious, database }: SecretSettings): ServerSecret | undefined {
  if (secretKey !== undefined) return new ServerSecret(secretKey, secretKeyPrevious);
  if (database.type === 'sqlite') {
    const path = secretPath(database.path);
    const text = readIfExists(path);
    if (text === undefined) return undefined;
    return new ServerSecret(text, secretKeyPrevious ?? readIfExists(previousPath(path)));
  }
  throw new ConfigError(
    'DAKKIO_SECRET_KEY or DAKKIO_SECRET_KEY_FILE must be set on PostgreSQL, the same for every instance. `openssl rand -hex 32` prints one',
  );
}

/** Returns the server's secret, and creates it for a new SQLite database. Safe to call from several processes at once. */
export function openServerSecret(settings: SecretSettings): ServerSecret {
  const found = findServerSecret(settings);
  if (found) return found;
  make(secretPath(settings.database.type === 'sqlite' ? settings.database.path : fail()));
  return findServerSecret(settings) ?? fail();
}

function fail(): never {
  throw new Error('The file of the secret was removed while the server starts');
}

/** Creates the file atomically: other processes may create it at the same time, and the power may fail. */
function make(path: string): void {
  const draft = `${path}.${process.pid}`;
  rmSync(draft, { force: true });
  writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    linkSync(draft, path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    // File systems such as exFAT do not support hard links.
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
