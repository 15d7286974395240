import { readFileSync } from 'node:fs';
import type { OpenRange } from '../open-ranges';
import type { RateLimit } from '../rate-limit';
import { ConfigError, SETTINGS, type DatabaseLocation, type LogLevelName, type Setting } from './settings';

/**
 * What a process may do where the database or its secret is missing. `serve` begins a new database where nothing shows that
 * there was one, `begin` in any case (`--new`); `existing` and `replace secret` never do, and the last makes a new secret.
 */
export type DatabaseUse = 'serve' | 'begin' | 'existing' | 'replace secret';

/** What the operator has decided, checked. The injection token of the same name gives it to the rooms. */
export interface Config {
  readonly port: number;
  readonly host: string;
  readonly database: DatabaseLocation;
  /** By the command, not by a variable. Without it: `serve`. */
  readonly databaseUse?: DatabaseUse;
  /** Connections to PostgreSQL in all; without meaning on SQLite. */
  readonly postgresConnections: number;
  /** How long a start waits for a database that is not available yet. */
  readonly databaseWaitSeconds: number;
  /** The preset Admin key, not yet checked for its format. */
  readonly presetAdminKey: string | undefined;
  /** The server's secret, where the operator gives one. */
  readonly secretKey: string | undefined;
  /** A path, `off`, or empty for the default of the database's kind. */
  readonly auditAnchorFile: string;
  /** Undefined: rows of the audit log are kept for ever. */
  readonly auditRetentionDays: number | undefined;
  /** Another secret that is still accepted. */
  readonly secretKeyPrevious: string | undefined;
  /** What new keys are hashed with, where the operator wants a pepper. */
  readonly keyPepper: string | undefined;
  /** What keys may have been hashed with before: a pepper, null for none, or undefined for nothing else. */
  readonly keyPepperPrevious: string | null | undefined;
  readonly trustedProxies: readonly string[];
  /** For keys that have no rate limit of their own. */
  readonly rateLimits: Readonly<Record<'admin' | 'write' | 'read', RateLimit | undefined>>;
  /** How many refused keys an address may send a minute; 0 for any number. */
  readonly failedAuthPerMinute: number;
  readonly docs: boolean;
  readonly bucketsPerOrganization: number;
  readonly sourcesPerBucket: number;
  /** Living keys that a bucket can have. */
  readonly keysPerBucket: number;
  /** Living Admin keys that an organization can have. */
  readonly adminKeysPerOrganization: number;
  /** Living keys that a line can have: a key and what it was rotated into. */
  readonly livingKeysPerLine: number;
  /** The most that an answer to a query may have. */
  readonly answerLimitBytes: number;
  /** Bytes of disk that are given up so that deletion works on a full one. 0: none. */
  readonly diskReserveBytes: number;
  /** How many pieces of long work may be under way in all. */
  readonly queriesAtOnce: number;
  /** How many more may wait. */
  readonly queryQueue: number;
  /** Distinct metadata of a data source's points. */
  readonly metadataPerSource: number;
  /** Distinct metadata of all data sources of a bucket. */
  readonly metadataPerBucket: number;
  /** Percent of `metadataPerBucket` that one line of keys can create. */
  readonly metadataKeyShare: number;
  /** Events in the history of an alert rule. */
  readonly alertEventsPerRule: number;
  readonly bodyLimitBytes: number;
  /** How many bytes of request bodies may be in memory at the same time. */
  readonly bodiesBytes: number;
  readonly requestTimeoutSeconds: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly stalledReaderSeconds: number;
  readonly logLevel: LogLevelName;
  readonly corsOrigins: readonly string[];
  /** Where webhooks may go besides the public internet. */
  readonly webhookAllow: readonly OpenRange[];
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
    postgresConnections: read(SETTINGS.postgresConnections, environment),
    databaseWaitSeconds: read(SETTINGS.databaseWaitSeconds, environment),
    presetAdminKey: readSecret(SETTINGS.adminKey, SETTINGS.adminKeyFile, environment),
    secretKey: readSecret(SETTINGS.secretKey, SETTINGS.secretKeyFile, environment),
    auditAnchorFile: read(SETTINGS.auditAnchorFile, environment),
    auditRetentionDays: read(SETTINGS.auditRetentionDays, environment),
    secretKeyPrevious: readSecret(SETTINGS.secretKeyPrevious, SETTINGS.secretKeyPreviousFile, environment),
    keyPepper: readSecret(SETTINGS.keyPepper, SETTINGS.keyPepperFile, environment),
    keyPepperPrevious: readPreviousPepper(environment),
    trustedProxies: read(SETTINGS.trustedProxies, environment),
    rateLimits: {
      admin: read(SETTINGS.rateLimitAdmin, environment),
      write: read(SETTINGS.rateLimitWrite, environment),
      read: read(SETTINGS.rateLimitRead, environment),
    },
    failedAuthPerMinute: read(SETTINGS.failedAuthPerMinute, environment),
    docs: read(SETTINGS.docs, environment),
    bucketsPerOrganization: read(SETTINGS.bucketsPerOrganization, environment),
    sourcesPerBucket: read(SETTINGS.sourcesPerBucket, environment),
    keysPerBucket: read(SETTINGS.keysPerBucket, environment),
    adminKeysPerOrganization: read(SETTINGS.adminKeysPerOrganization, environment),
    livingKeysPerLine: read(SETTINGS.livingKeysPerLine, environment),
    answerLimitBytes: read(SETTINGS.answerLimitBytes, environment),
    diskReserveBytes: read(SETTINGS.diskReserveBytes, environment),
    queriesAtOnce: read(SETTINGS.queriesAtOnce, environment),
    queryQueue: read(SETTINGS.queryQueue, environment),
    metadataPerSource: read(SETTINGS.metadataPerSource, environment),
    metadataPerBucket: read(SETTINGS.metadataPerBucket, environment),
    metadataKeyShare: read(SETTINGS.metadataKeyShare, environment),
    alertEventsPerRule: read(SETTINGS.alertEventsPerRule, environment),
    bodyLimitBytes: read(SETTINGS.bodyLimitBytes, environment),
    bodiesBytes: read(SETTINGS.bodiesBytes, environment),
    requestTimeoutSeconds: read(SETTINGS.requestTimeoutSeconds, environment),
    maxConnections: read(SETTINGS.maxConnections, environment),
    maxConnectionsPerAddress: read(SETTINGS.maxConnectionsPerAddress, environment),
    stalledReaderSeconds: read(SETTINGS.stalledReaderSeconds, environment),
    logLevel: read(SETTINGS.logLevel, environment),
    corsOrigins: read(SETTINGS.corsOrigins, environment),
    webhookAllow: read(SETTINGS.webhookAllow, environment),
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

const SECRET = new Set([
  'DATABASE_URL',
  'DAKKIO_SECRET_KEY',
  'DAKKIO_SECRET_KEY_PREVIOUS',
  'DAKKIO_KEY_PEPPER',
  'DAKKIO_KEY_PEPPER_PREVIOUS',
]);

function read<T>(setting: Setting<T>, environment: Environment): T {
  return parse(setting, given(setting.variable, environment) ?? setting.defaultText ?? '');
}

function parse<T>({ variable, parse }: Setting<T>, text: string): T {
  try {
    return parse(text);
  } catch (cause) {
    const shown = SECRET.has(variable) ? '' : `, not ${JSON.stringify(text)}`;
    throw new ConfigError(`${variable} ${(cause as Error).message}${shown}`);
  }
}

/** A secret, given as a variable or, by the variable of the same name with `_FILE`, in a file. */
function readSecret(setting: Setting<string>, file: Setting<string>, environment: Environment): string | undefined {
  const text = given(setting.variable, environment);
  const path = given(file.variable, environment);
  if (text !== undefined && path !== undefined)
    throw new ConfigError(`${setting.variable} and ${file.variable} are both set: set one of them`);
  const found = path === undefined ? text : readSecretFile(file.variable, path);
  return found === undefined ? undefined : parse(setting, found);
}

function readSecretFile(variable: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new ConfigError(
      `${variable} names a file that cannot be read: ${(cause as NodeJS.ErrnoException).code}, ${path}`,
    );
  }
}

function readPreviousPepper(environment: Environment): string | null | undefined {
  const { keyPepperPrevious: setting } = SETTINGS;
  return given(setting.variable, environment) === undefined ? undefined : read(setting, environment);
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
