import { readFileSync } from 'node:fs';
import type { OpenRange } from '../open-ranges';
import type { RateLimit } from '../rate-limit';
import { shownSettings, type ShownSetting } from './shown-settings';
import type { MqttConfig } from './mqtt-settings';
import { ConfigError, SETTINGS, type DatabaseLocation, type LogLevelName, type Setting } from './settings';

/**
 * What a process may do when the database or its secret is missing. `serve` creates a database unless there are signs of an
 * earlier one, `begin` always does (`--new`). `existing` and `replace secret` never do; the latter creates a new secret.
 */
export type DatabaseUse = 'serve' | 'begin' | 'existing' | 'replace secret';

/** The validated settings. Inject them with the token `CONFIG`. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** The address for printed links, without a slash at the end; empty for the address of this machine. */
  readonly publicUrl: string;
  readonly database: DatabaseLocation;
  /** Set by the command, not by a variable. Default: `serve`. */
  readonly databaseUse?: DatabaseUse;
  /** Maximum number of connections to PostgreSQL. Not used on SQLite. */
  readonly postgresConnections: number;
  /** How long the server waits at startup for a database that is not available yet. */
  readonly databaseWaitSeconds: number;
  /** The preset Admin key. Its format is not validated yet. */
  readonly presetAdminKey: string | undefined;
  /** The server's secret, if the operator sets one. */
  readonly secretKey: string | undefined;
  /** A path, `off`, or empty for the default of the database's kind. */
  readonly auditAnchorFile: string;
  /** Undefined: rows of the audit log are kept forever. */
  readonly auditRetentionDays: number | undefined;
  /** Another secret that is still accepted. */
  readonly secretKeyPrevious: string | undefined;
  /** The token that may read `/metrics`, if the operator sets one. */
  readonly metricsToken: string | undefined;
  /** The pepper for new keys, if the operator sets one. */
  readonly keyPepper: string | undefined;
  /** The previous pepper, null if there was none before, or undefined outside a rotation. */
  readonly keyPepperPrevious: string | null | undefined;
  readonly trustedProxies: readonly string[];
  /** Defaults for keys without a rate limit. */
  readonly rateLimits: Readonly<Record<'admin' | 'write' | 'read', RateLimit | undefined>>;
  /** Requests with a refused key that one address can send per minute. 0: no limit. */
  readonly failedAuthPerMinute: number;
  readonly docs: boolean;
  readonly console: boolean;
  readonly bucketsPerOrganization: number;
  readonly sourcesPerBucket: number;
  /** Active keys of a bucket. */
  readonly keysPerBucket: number;
  /** Active Admin keys of an organization. */
  readonly adminKeysPerOrganization: number;
  /** Active keys of a rotation line: a key and all keys it was rotated into. */
  readonly livingKeysPerLine: number;
  /** Maximum size of a query response. */
  readonly answerLimitBytes: number;
  /** Size of the reserve file that is removed when the disk is full, so that deletion still works. 0: none. */
  readonly diskReserveBytes: number;
  /** Queries, analytics, previews and lists that run at the same time. */
  readonly queriesAtOnce: number;
  /** Maximum length of their queue. */
  readonly queryQueue: number;
  /** Open streams of new points. */
  readonly streams: number;
  /** Distinct metadata objects of a data source. */
  readonly metadataPerSource: number;
  /** Distinct metadata objects of all data sources of a bucket. */
  readonly metadataPerBucket: number;
  /** Percentage of `metadataPerBucket` that one rotation line can create. */
  readonly metadataKeyShare: number;
  /** Events in the history of an alert rule. */
  readonly alertEventsPerRule: number;
  readonly bodyLimitBytes: number;
  /** Maximum memory for request bodies. */
  readonly bodiesBytes: number;
  readonly requestTimeoutSeconds: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly compression: boolean;
  readonly stalledReaderSeconds: number;
  readonly logLevel: LogLevelName;
  readonly corsOrigins: readonly string[];
  /** Private address ranges that webhooks may be sent to. */
  readonly webhookAllow: readonly OpenRange[];
  readonly mqtt: MqttConfig;
  /** Every setting as the API shows it. */
  readonly settings: readonly ShownSetting[];
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
    publicUrl: read(SETTINGS.publicUrl, environment),
    database: read(SETTINGS.databaseUrl, environment),
    postgresConnections: read(SETTINGS.postgresConnections, environment),
    databaseWaitSeconds: read(SETTINGS.databaseWaitSeconds, environment),
    presetAdminKey: readSecret(SETTINGS.adminKey, SETTINGS.adminKeyFile, environment),
    secretKey: readSecret(SETTINGS.secretKey, SETTINGS.secretKeyFile, environment),
    auditAnchorFile: read(SETTINGS.auditAnchorFile, environment),
    auditRetentionDays: read(SETTINGS.auditRetentionDays, environment),
    secretKeyPrevious: readSecret(SETTINGS.secretKeyPrevious, SETTINGS.secretKeyPreviousFile, environment),
    metricsToken: readSecret(SETTINGS.metricsToken, SETTINGS.metricsTokenFile, environment),
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
    console: read(SETTINGS.console, environment),
    bucketsPerOrganization: read(SETTINGS.bucketsPerOrganization, environment),
    sourcesPerBucket: read(SETTINGS.sourcesPerBucket, environment),
    keysPerBucket: read(SETTINGS.keysPerBucket, environment),
    adminKeysPerOrganization: read(SETTINGS.adminKeysPerOrganization, environment),
    livingKeysPerLine: read(SETTINGS.livingKeysPerLine, environment),
    answerLimitBytes: read(SETTINGS.answerLimitBytes, environment),
    diskReserveBytes: read(SETTINGS.diskReserveBytes, environment),
    queriesAtOnce: read(SETTINGS.queriesAtOnce, environment),
    queryQueue: read(SETTINGS.queryQueue, environment),
    streams: read(SETTINGS.streams, environment),
    metadataPerSource: read(SETTINGS.metadataPerSource, environment),
    metadataPerBucket: read(SETTINGS.metadataPerBucket, environment),
    metadataKeyShare: read(SETTINGS.metadataKeyShare, environment),
    alertEventsPerRule: read(SETTINGS.alertEventsPerRule, environment),
    bodyLimitBytes: read(SETTINGS.bodyLimitBytes, environment),
    bodiesBytes: read(SETTINGS.bodiesBytes, environment),
    requestTimeoutSeconds: read(SETTINGS.requestTimeoutSeconds, environment),
    maxConnections: read(SETTINGS.maxConnections, environment),
    maxConnectionsPerAddress: read(SETTINGS.maxConnectionsPerAddress, environment),
    compression: read(SETTINGS.compression, environment),
    stalledReaderSeconds: read(SETTINGS.stalledReaderSeconds, environment),
    logLevel: read(SETTINGS.logLevel, environment),
    corsOrigins: read(SETTINGS.corsOrigins, environment),
    webhookAllow: read(SETTINGS.webhookAllow, environment),
    mqtt: readMqtt(environment),
    settings: shownSettings((variable) => given(variable, environment)),
  };
}

/** Returns a warning for each unknown `DAKKIO_…` variable, with the most similar known name. */
export function unknownVariables(environment: Environment): string[] {
  const known = Object.values(SETTINGS)
    .map((setting) => setting.variable)
    .filter((name) => name.startsWith('DAKKIO_'));
  return Object.keys(environment)
    .filter((name) => name.startsWith('DAKKIO_') && !known.includes(name))
    .map((name) => `Unknown environment variable ${name} is ignored. Did you mean ${nearest(name, known)}?`);
}

function readMqtt(environment: Environment): MqttConfig {
  const [cert, key] = [read(SETTINGS.mqttCertFile, environment), read(SETTINGS.mqttKeyFile, environment)];
  if ((cert === '') !== (key === ''))
    throw new ConfigError(
      `${SETTINGS.mqttCertFile.variable} and ${SETTINGS.mqttKeyFile.variable} must be set together`,
    );
  return {
    port: read(SETTINGS.mqttPort, environment),
    tls: cert === '' ? undefined : { port: read(SETTINGS.mqttsPort, environment), certFile: cert, keyFile: key },
    connections: read(SETTINGS.mqttConnections, environment),
    packetBytes: read(SETTINGS.mqttPacketBytes, environment),
  };
}

/** An empty variable counts as not set: that is how compose files write "none". */
function given(variable: string, environment: Environment): string | undefined {
  return environment[variable] === '' ? undefined : environment[variable];
}

function read<T>(setting: Setting<T>, environment: Environment): T {
  return parse(setting, given(setting.variable, environment) ?? setting.defaultText ?? '');
}

function parse<T>({ variable, parse, kind }: Setting<T>, text: string): T {
  try {
    return parse(text);
  } catch (cause) {
    const shown = kind ? '' : `, not ${JSON.stringify(text)}`;
    throw new ConfigError(`${variable} ${(cause as Error).message}${shown}`);
  }
}

/** Reads a secret from its variable, or from the file that the variable with the suffix `_FILE` names. */
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

/** Levenshtein distance. */
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
