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

/** What only this server knows, and what keys for its several uses are derived from. */
export class ServerSecret {
  /** @param previous another secret that is accepted while what was made with it is still there */
  constructor(
    private readonly text: string,
    private readonly previous?: string,
  ) {}

  get hasPrevious(): boolean {
    return this.previous !== undefined;
  }

  /** A key of 32 bytes for one use (RFC 5869), of which nothing about the secret or other uses can be learnt. */
  keyFor(use: string): Buffer {
    return keyOf(this.text, use);
  }

  /** The keys that are accepted for one use: the present one, and that of the previous secret where there is one. */
  keysFor(use: string): readonly [Buffer, ...Buffer[]] {
    return this.previous === undefined ? [this.keyFor(use)] : [this.keyFor(use), keyOf(this.previous, use)];
  }
}

export type SecretSettings = Pick<Config, 'secretKey' | 'secretKeyPrevious' | 'database'>;

/**
 * Puts a new secret into the file beside an SQLite database, and keeps the one before beside it, accepted until
 * `endSecretChange`. Called again after an interruption, it finishes what was begun.
 *
 * @returns whether the secret was changed now; false where a change is under way already
 */
export function beginSecretChange(databasePath: string): boolean {
  const path = secretPath(databasePath);
  const present = read(path);
  const before = readIfThere(previousPath(path));
  if (before !== undefined && before !== present) return false;
  if (before === undefined) put(previousPath(path), present);
  put(path, randomBytes(32).toString('hex'));
  return true;
}

/** Accepts the secret before no more. */
export function endSecretChange(databasePath: string): void {
  rmSync(previousPath(secretPath(databasePath)), { force: true });
}

/** The file beside an SQLite database that holds the secret where the operator gives none. */
export function secretPath(databasePath: string): string {
  return `${databasePath}.secret`;
}

function previousPath(path: string): string {
  return `${path}.previous`;
}

/** Replaces a file by a whole one, or not at all. */
function put(path: string, text: string): void {
  const draft = `${path}.${process.pid}`;
  rmSync(draft, { force: true });
  writeFileSync(draft, `${text}\n`, { mode: 0o600, flag: 'wx', flush: true });
  renameSync(draft, path);
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? read(path) : undefined;
}

function keyOf(secret: string, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `dakkio ${use}`, 32));
}

/**
 * The secret that the operator gives or, on SQLite, the one in the file beside the database. Undefined where that file is
 * missing: it is made only together with a new database.
 *
 * @throws ConfigError on PostgreSQL without one: instances that each made up their own could not work together
 */
export function findServerSecret({ secretKey, secretKeyPrevious, database }: SecretSettings): ServerSecret | undefined {
  if (secretKey !== undefined) return new ServerSecret(secretKey, secretKeyPrevious);
  if (database.type === 'sqlite') {
    const path = secretPath(database.path);
    const text = readIfThere(path);
    if (text === undefined) return undefined;
    return new ServerSecret(text, secretKeyPrevious ?? readIfThere(previousPath(path)));
  }
  throw new ConfigError(
    'DAKKIO_SECRET_KEY or DAKKIO_SECRET_KEY_FILE must be set on PostgreSQL, the same for every instance. `openssl rand -hex 32` prints one',
  );
}

/** The server's secret, which is made where a new SQLite database has none yet. Any number of processes may call it at once. */
export function openServerSecret(settings: SecretSettings): ServerSecret {
  const found = findServerSecret(settings);
  if (found) return found;
  make(secretPath(settings.database.type === 'sqlite' ? settings.database.path : fail()));
  return findServerSecret(settings) ?? fail();
}

function fail(): never {
  throw new Error('The file of the secret was removed while the server starts');
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
