import { parseOpenRanges, type OpenRange } from '../open-ranges';
import {
  addressRules,
  asIs,
  databaseUrl,
  listenAddress,
  listOf,
  oneOf,
  onOrOff,
  origins,
  previousPepper,
  rateLimit,
  secret,
  wholeNumber,
} from './setting-parsers';

export type { DatabaseLocation } from './setting-parsers';

/** A value that the server cannot start with; the message is for the operator. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** One environment variable: what it means, its default as the operator would write it, and how its text is read. */
export interface Setting<T> {
  readonly variable: string;
  readonly defaultText?: string;
  readonly about: string;
  /** @throws Error with the half sentence that follows the variable's name: "must be …". */
  readonly parse: (text: string) => T;
}

const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevelName = (typeof LOG_LEVELS)[number];

/** Every variable that the server reads, in the order of docs/settings.md. */
export const SETTINGS = {
  port: setting('PORT', '3000', 'TCP port to listen on, up to 65535; `0` takes a free one', wholeNumber(0, 65535)),
  host: setting(
    'HOST',
    '0.0.0.0',
    'Address to listen on: `0.0.0.0` for every IPv4 network, `::` for IPv6 too, `127.0.0.1` for this machine alone',
    listenAddress,
  ),
  databaseUrl: setting(
    'DATABASE_URL',
    'sqlite:data/dakkio.db',
    '`sqlite:<path of a file>`, relative to the working directory and made when missing, or `postgres://user:password@host:5432/name`',
    databaseUrl,
  ),
  postgresConnections: setting(
    'DAKKIO_POSTGRES_CONNECTIONS',
    '10',
    "Connections to PostgreSQL that this instance uses at most, 1 to 1000: a fifth for key checks, the rest half for writes, half for queries. PostgreSQL's `max_connections` must have room for those of all instances",
    wholeNumber(1, 1000),
  ),
  databaseWaitSeconds: setting(
    'DAKKIO_DATABASE_WAIT_SECONDS',
    '60',
    'How long a start waits for a database that is not available yet, up to 3600 seconds. `0`: it fails at once, as commands do',
    wholeNumber(0, 3600),
  ),
  adminKey: setting('DAKKIO_ADMIN_KEY', undefined, 'An Admin key to start with, instead of a generated one', asIs),
  adminKeyFile: setting('DAKKIO_ADMIN_KEY_FILE', undefined, 'A file that holds that key; not both', asIs),
  secretKey: setting(
    'DAKKIO_SECRET_KEY',
    undefined,
    'What the audit log is sealed with and webhook secrets are encrypted under, at least 32 characters. Needed on PostgreSQL, the same for every instance; on SQLite a file beside the database is made: `data/dakkio.db.secret`',
    secret,
  ),
  secretKeyFile: setting('DAKKIO_SECRET_KEY_FILE', undefined, 'A file that holds that secret; not both', asIs),
  auditAnchorFile: setting(
    'DAKKIO_AUDIT_ANCHOR_FILE',
    '',
    'Where the end of the audit log is noted outside the database, best on another disk or host; `off` for nowhere. Empty: on SQLite `<database file>.anchor`, on PostgreSQL nowhere',
    asIs,
  ),
  auditRetentionDays: setting(
    'DAKKIO_AUDIT_RETENTION_DAYS',
    '',
    'Rows of the audit log that are older are removed; 1 to 36500. Empty: they are kept for ever',
    (text): number | undefined => (text === '' ? undefined : wholeNumber(1, 36_500)(text)),
  ),
  secretKeyPrevious: setting(
    'DAKKIO_SECRET_KEY_PREVIOUS',
    undefined,
    'While the secret is changed over: the other one that is still accepted. See docs/keys.md',
    secret,
  ),
  secretKeyPreviousFile: setting(
    'DAKKIO_SECRET_KEY_PREVIOUS_FILE',
    undefined,
    'A file that holds that secret; not both',
    asIs,
  ),
  keyPepper: setting(
    'DAKKIO_KEY_PEPPER',
    undefined,
    'Keys are stored as HMAC-SHA-256 under this pepper, at least 32 characters, instead of as SHA-256. See docs/keys.md before you set or change it',
    secret,
  ),
  keyPepperFile: setting('DAKKIO_KEY_PEPPER_FILE', undefined, 'A file that holds that pepper; not both', asIs),
  keyPepperPrevious: setting(
    'DAKKIO_KEY_PEPPER_PREVIOUS',
    undefined,
    'While the pepper is changed over: the one before, or `none`. Keys that were made with it are still accepted',
    previousPepper,
  ),
  trustedProxies: setting(
    'DAKKIO_TRUSTED_PROXIES',
    '',
    'Addresses and CIDR ranges of the proxies whose `X-Forwarded-For` is believed, separated by commas: `127.0.0.1, 10.0.0.0/8`. Empty: none',
    addressRules,
  ),
  rateLimitAdmin: setting(
    'DAKKIO_RATE_LIMIT_ADMIN',
    '',
    'Rate limit of Admin keys that have none of their own, as `<requests>/<seconds>`: `600/60`. Empty: none',
    rateLimit,
  ),
  rateLimitWrite: setting('DAKKIO_RATE_LIMIT_WRITE', '', 'The same for Write keys', rateLimit),
  rateLimitRead: setting('DAKKIO_RATE_LIMIT_READ', '', 'The same for Read keys', rateLimit),
  failedAuthPerMinute: setting(
    'DAKKIO_FAILED_AUTH_PER_MINUTE',
    '600',
    'Refused keys (401) that one address may send a minute before it is answered 429, up to 1000000; a valid key is never kept out. `0`: no limit',
    wholeNumber(0, 1_000_000),
  ),
  docs: setting('DAKKIO_DOCS', 'on', '`off` takes `/docs`, `/docs-json` and `/docs-yaml` away', onOrOff),
  bucketsPerOrganization: setting(
    'DAKKIO_BUCKETS_PER_ORGANIZATION',
    '10000',
    'Buckets that an organization can have, up to 1000000. Over it: 409',
    wholeNumber(1, 1_000_000),
  ),
  sourcesPerBucket: setting(
    'DAKKIO_SOURCES_PER_BUCKET',
    '1000',
    'Data sources that a bucket can have, up to 1000000. Over it: 409',
    wholeNumber(1, 1_000_000),
  ),
  diskReserveBytes: setting(
    'DAKKIO_DISK_RESERVE_BYTES',
    '33554432',
    'Size of the file `<database file>.reserve` beside an SQLite database, 20971520 to 1073741824. When the disk is full, the file is given up: new data is refused, and data and keys can be deleted. `0`: no reserve',
    // Less would not hold the log that has to be moved into the database file first.
    (text) => (text === '0' ? 0 : wholeNumber(20_971_520, 1_073_741_824)(text)),
  ),
  answerLimitBytes: setting(
    'DAKKIO_ANSWER_LIMIT_BYTES',
    '67108864',
    'Largest answer to a query, 65536 to 1073741824. Over it: 400, or the connection is closed where that shows only while it is sent',
    wholeNumber(65_536, 1_073_741_824),
  ),
  queriesAtOnce: setting(
    'DAKKIO_QUERIES_AT_ONCE',
    '8',
    'Queries, analytics, previews and lists that are under way at the same time, 1 to 64. A key has at most a quarter of them, an organization three quarters',
    wholeNumber(1, 64),
  ),
  queryQueue: setting(
    'DAKKIO_QUERY_QUEUE',
    '512',
    'How many more of them wait for their turn, up to 10000. A key has at most an eighth of them. Over it: 503',
    wholeNumber(0, 10_000),
  ),
  metadataPerSource: setting(
    'DAKKIO_METADATA_PER_SOURCE',
    '100000',
    'Distinct metadata that the points of a data source can have, up to 10000000. New metadata over it: 409; metadata that the source has is always accepted',
    wholeNumber(1, 10_000_000),
  ),
  metadataPerBucket: setting(
    'DAKKIO_METADATA_PER_BUCKET',
    '1000000',
    'The same for all data sources of a bucket together, up to 100000000',
    wholeNumber(1, 100_000_000),
  ),
  metadataKeyShare: setting(
    'DAKKIO_METADATA_KEY_SHARE',
    '20',
    'How many percent of `DAKKIO_METADATA_PER_BUCKET` one Write key can create, together with the keys that it was rotated from and to; 1 to 100. Over it: 409',
    wholeNumber(1, 100),
  ),
  keysPerBucket: setting(
    'DAKKIO_KEYS_PER_BUCKET',
    '100000',
    'Living API keys that a bucket can have, up to 1000000. Over it: 409',
    wholeNumber(1, 1_000_000),
  ),
  adminKeysPerOrganization: setting(
    'DAKKIO_ADMIN_KEYS_PER_ORGANIZATION',
    '1000',
    'Living Admin keys that an organization can have, up to 100000. Over it: 409',
    wholeNumber(1, 100_000),
  ),
  livingKeysPerLine: setting(
    'DAKKIO_LIVING_KEYS_PER_LINE',
    '8',
    'Living keys of one line, which are a key and what it was rotated into; up to 1000. Over it a rotation is 409',
    wholeNumber(1, 1000),
  ),
  alertEventsPerRule: setting(
    'DAKKIO_ALERT_EVENTS_PER_RULE',
    '10000',
    'Events in the history of an alert rule, 100 to 1000000. Beyond it the oldest ones are removed',
    wholeNumber(100, 1_000_000),
  ),
  webhookAllow: setting(
    'DAKKIO_WEBHOOK_ALLOW',
    '',
    'Private ranges that webhooks may be sent to, each with a port or for all of them, separated by commas: `192.168.1.0/24:1880, [fd12::]/16`. There http is allowed too. Empty: none',
    (text): readonly OpenRange[] => parseOpenRanges(listOf(text)),
  ),
  bodyLimitBytes: setting(
    'DAKKIO_BODY_LIMIT_BYTES',
    '4194304',
    'Largest request body with points, many keys or a schema, before and after decompression; 1024 to 104857600. Other bodies: up to 262144 of it. Over it: 413',
    wholeNumber(1024, 104_857_600),
  ),
  bodiesBytes: setting(
    'DAKKIO_BODIES_BYTES',
    '67108864',
    'Bytes of request bodies above 64 KiB that are in memory at the same time, and as many of smaller ones; 1048576 to 17179869184. Over it, bodies wait for 5 seconds: then 503',
    wholeNumber(1_048_576, 17_179_869_184),
  ),
  requestTimeoutSeconds: setting(
    'DAKKIO_REQUEST_TIMEOUT_SECONDS',
    '30',
    'Longest time for a request to arrive whole, head and body; 1 to 3600. Over it: 408 and the connection is closed',
    wholeNumber(1, 3600),
  ),
  maxConnections: setting(
    'DAKKIO_MAX_CONNECTIONS',
    '10000',
    'Open connections in all; 1 to 1000000. Over it the longest idle one is closed, and where none is idle the new one gets a 503',
    wholeNumber(1, 1_000_000),
  ),
  maxConnectionsPerAddress: setting(
    'DAKKIO_MAX_CONNECTIONS_PER_ADDRESS',
    '4000',
    'The same for one address; an IPv6 address counts for its /64. Connections of trusted proxies are not counted',
    wholeNumber(1, 1_000_000),
  ),
  stalledReaderSeconds: setting(
    'DAKKIO_STALLED_READER_SECONDS',
    '30',
    'How long a client may take nothing of an answer that waits for it; 1 to 3600. Over it the connection is closed',
    wholeNumber(1, 3600),
  ),
  logLevel: setting(
    'DAKKIO_LOG_LEVEL',
    'info',
    '`error`, `warn`, `info` or `debug`, which logs each request too',
    oneOf(LOG_LEVELS),
  ),
  corsOrigins: setting(
    'DAKKIO_CORS_ORIGINS',
    '',
    'Origins whose pages may call the API, separated by commas: `https://dash.example`. Empty: none',
    origins,
  ),
};

function setting<T>(
  variable: string,
  defaultText: string | undefined,
  about: string,
  parse: (text: string) => T,
): Setting<T> {
  return { variable, defaultText, about, parse };
}
