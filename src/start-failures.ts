import { readConfig } from './common/config/config';
import { ConfigError, type DatabaseLocation } from './common/config/settings';
import { codes, explain, lasting, type StartFailure } from './common/start-failure';
import { explainDatabaseFailure } from './database/start-failures';

/** Why the server cannot listen. */
export const LISTEN_FAILURES: readonly StartFailure[] = [
  lasting(
    'Port {port} of {host} is in use: stop the program that uses it, or set PORT to another port',
    codes('EADDRINUSE'),
  ),
  lasting(
    'Port {port} of {host} is not open to this user ({message}): set PORT to 1024 or above, or give the user the right to use it',
    codes('EACCES', 'EPERM'),
  ),
  lasting(
    'HOST {host} is not an address of this machine ({message}): set HOST to one that is, or to 0.0.0.0 for all of them',
    codes('EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL'),
  ),
  lasting(
    'HOST {host} cannot be resolved ({message}): set HOST to an IP address of this machine',
    codes('ENOTFOUND', 'EAI_AGAIN'),
  ),
];

/** Why a file or a directory cannot be used; the message names it. */
export const FILE_FAILURES: readonly StartFailure[] = [
  lasting(
    'A file or directory may not be used by this user ({message}): change its owner or its mode, or name another path',
    codes('EACCES', 'EPERM'),
  ),
  lasting('A file system is read-only ({message}): name a path on another one', codes('EROFS')),
  lasting('A disk has no space left ({message}): free space on it', codes('ENOSPC', 'EDQUOT', 'EFBIG')),
  lasting('A disk fails ({message}): check the disk and the log of the system', codes('EIO')),
  lasting('Too many files are open ({message}): raise the limit for open files (ulimit -n)', codes('EMFILE', 'ENFILE')),
  lasting(
    'A path cannot be used ({message}): correct it, or create what is missing',
    codes('ENOENT', 'ENOTDIR', 'EISDIR', 'EEXIST', 'ENAMETOOLONG', 'ELOOP'),
  ),
];

const UNEXPECTED = 'unexpected error. Report it with these lines:';

/** Explains in one sentence why the server cannot start, where the operator can remove the cause; otherwise with the stack. */
export function explainFailure(cause: unknown, location = locationOf(process.env)): string {
  if (cause instanceof ConfigError) return `Cannot start: ${cause.message}`;
  const failure = (location && explainDatabaseFailure(cause, location)) ?? explain(FILE_FAILURES, cause, {});
  if (failure) return `Cannot start: ${failure.sentence}`;
  return `Cannot start: ${UNEXPECTED}\n${(cause as Error | undefined)?.stack ?? String(cause)}`;
}

/** The error of `listen`, as a ConfigError where the operator can remove the cause. */
export function listenError(cause: unknown, { host, port }: { host: string; port: number }): unknown {
  const failure = explain(LISTEN_FAILURES, cause, { host, port: String(port) });
  return failure ? new ConfigError(failure.sentence, { cause }) : cause;
}

function locationOf(environment: NodeJS.ProcessEnv): DatabaseLocation | undefined {
  try {
    return readConfig(environment).database;
  } catch {
    return undefined;
  }
}
