import { readFileSync } from 'node:fs';
import { ConfigError, SETTINGS, type DatabaseLocation, type LogLevelName, type Setting } from './settings';

/** What the operator has decided, checked. The injection token of the same name gives it to the rooms. */
export interface Config {
  readonly port: number;
  readonly host: string;
  readonly database: DatabaseLocation;
  /** The preset Admin key, not yet checked for its format. */
  readonly presetAdminKey: string | undefined;
  readonly docs: boolean;
  readonly bodyLimitBytes: number;
  readonly requestTimeoutSeconds: number;
  readonly logLevel: LogLevelName;
  readonly corsOrigins: readonly string[];
}

export const CONFIG = Symbol('Config');

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the configuration from environment variables.
 *
 * @throws ConfigError whose message names the variable and says what it must be.
 */
export function readConfig(environment: Environment): Config {
  return {
    port: read(SETTINGS.port, environment),
    host: read(SETTINGS.host, environment),
    database: read(SETTINGS.databaseUrl, environment),
    presetAdminKey: readPresetKey(environment),
    docs: read(SETTINGS.docs, environment),
    bodyLimitBytes: read(SETTINGS.bodyLimitBytes, environment),
    requestTimeoutSeconds: read(SETTINGS.requestTimeoutSeconds, environment),
    logLevel: read(SETTINGS.logLevel, environment),
    corsOrigins: read(SETTINGS.corsOrigins, environment),
  };
}

/** A sentence for each `DAKKIO_…` variable that the server does not know, with the nearest name that it does. */
export function unknownVariables(environment: Environment): string[] {
  const known = Object.values(SETTINGS)
    .map((setting) => setting.variable)
    .filter((name) => name.startsWith('DAKKIO_'));
  return Object.keys(environment)
    .filter((name) => name.startsWith('DAKKIO_') && !known.includes(name))
    .map((name) => `Unknown environment variable ${name} is ignored. Did you mean ${nearest(name, known)}?`);
}

/** An empty variable counts as not set: that is how compose files write "none". */
function given(variable: string, environment: Environment): string | undefined {
  return environment[variable] === '' ? undefined : environment[variable];
}

function read<T>(setting: Setting<T>, environment: Environment): T {
  const text = given(setting.variable, environment) ?? setting.defaultText ?? '';
  try {
    return setting.parse(text);
  } catch (cause) {
    const shown = setting.variable === 'DATABASE_URL' ? '' : `, not ${JSON.stringify(text)}`;
    throw new ConfigError(`${setting.variable} ${(cause as Error).message}${shown}`);
  }
}

function readPresetKey(environment: Environment): string | undefined {
  const { variable } = SETTINGS.adminKey;
  const { variable: fileVariable } = SETTINGS.adminKeyFile;
  const key = given(variable, environment);
  const path = given(fileVariable, environment);
  if (key !== undefined && path !== undefined)
    throw new ConfigError(`${variable} and ${fileVariable} are both set: set one of them`);
  if (path === undefined) return key;
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new ConfigError(
      `${fileVariable} names a file that cannot be read: ${(cause as NodeJS.ErrnoException).code}, ${path}`,
    );
  }
}

function nearest(name: string, known: readonly string[]): string {
  const byDistance = known.map((candidate) => ({ candidate, distance: editDistance(name, candidate) }));
  byDistance.sort((a, b) => a.distance - b.distance);
  return byDistance[0]?.candidate ?? '';
}

/** Levenshtein's distance. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
