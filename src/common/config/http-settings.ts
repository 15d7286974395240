import { parseOpenRanges, type OpenRange } from '../open-ranges';
import { setting } from './setting';
import { listOf, onOrOff, oneOf, origins, wholeNumber } from './setting-parsers';

const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevelName = (typeof LOG_LEVELS)[number];

/** Webhook targets, request bodies, connections, the log and CORS. */
export const HTTP_SETTINGS = {
  webhookAllow: setting(
    'DAKKIO_WEBHOOK_ALLOW',
    '',
    'Private address ranges that webhooks may be sent to, separated by commas, each with or without a port: `192.168.1.0/24:1880, [fd12::]/16`. Without a port, all ports are allowed. In these ranges plain http is allowed too. Empty: none',
    (text): readonly OpenRange[] => parseOpenRanges(listOf(text)),
  ),
  bodyLimitBytes: setting(
    'DAKKIO_BODY_LIMIT_BYTES',
    '4194304',
    'Maximum size of a request body with points, many keys or a schema, before and after decompression; 1024 to 104857600. Other bodies: this value, but at most 262144. Over it: 413',
    wholeNumber(1024, 104_857_600),
  ),
  bodiesBytes: setting(
    'DAKKIO_BODIES_BYTES',
    '67108864',
    'Maximum memory for request bodies above 64 KiB, and the same amount again for smaller ones; 1048576 to 17179869184. Over it: bodies wait for up to 5 seconds, then 503',
    wholeNumber(1_048_576, 17_179_869_184),
  ),
  requestTimeoutSeconds: setting(
    'DAKKIO_REQUEST_TIMEOUT_SECONDS',
    '30',
    'Time within which a complete request, headers and body, must arrive; 1 to 3600. Over it: 408, and the connection is closed',
    wholeNumber(1, 3600),
  ),
  maxConnections: setting(
    'DAKKIO_MAX_CONNECTIONS',
    '10000',
    'Maximum number of open connections, 1 to 1000000. Over it: the connection that has been idle longest is closed; if none is idle, the new connection gets 503',
    wholeNumber(1, 1_000_000),
  ),
  maxConnectionsPerAddress: setting(
    'DAKKIO_MAX_CONNECTIONS_PER_ADDRESS',
    '4000',
    'The same for one client address; an IPv6 /64 network counts as one address. Connections of trusted proxies are not counted',
    wholeNumber(1, 1_000_000),
  ),
  compression: setting(
    'DAKKIO_COMPRESSION',
    'on',
    'Whether answers above 1 KB are compressed for clients that accept it. `off`: never, for example where a proxy compresses them',
    onOrOff,
  ),
  stalledReaderSeconds: setting(
    'DAKKIO_STALLED_READER_SECONDS',
    '30',
    'How long a client may leave a pending response unread, 1 to 3600. Over it: the connection is closed',
    wholeNumber(1, 3600),
  ),
  logLevel: setting(
    'DAKKIO_LOG_LEVEL',
    'info',
    '`error`, `warn`, `info` or `debug`, which also logs each request',
    oneOf(LOG_LEVELS),
  ),
  corsOrigins: setting(
    'DAKKIO_CORS_ORIGINS',
    '',
    'Web origins that may call the API from a browser (CORS), separated by commas: `https://dash.example`. Empty: none',
    origins,
  ),
};
