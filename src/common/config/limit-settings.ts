import { setting } from './setting';
import { wholeNumber } from './setting-parsers';

/** Limits of resources, queries and stored data. */
export const LIMIT_SETTINGS = {
  bucketsPerOrganization: setting(
    'DAKKIO_BUCKETS_PER_ORGANIZATION',
    '10000',
    'Maximum number of buckets in an organization, up to 1000000. Over it: 409',
    wholeNumber(1, 1_000_000),
  ),
  sourcesPerBucket: setting(
    'DAKKIO_SOURCES_PER_BUCKET',
    '100000',
    'Maximum number of data sources in a bucket, up to 1000000. Over it: 409',
    wholeNumber(1, 1_000_000),
  ),
  diskReserveBytes: setting(
    'DAKKIO_DISK_RESERVE_BYTES',
    '33554432',
    'Size of the file `<database file>.reserve` next to an SQLite database, 20971520 to 1073741824. When the disk is full, the server removes this file so that data and keys can still be deleted; new data is refused. `0`: no reserve',
    // Less would not hold the log that has to be moved into the database file first.
    (text) => (text === '0' ? 0 : wholeNumber(20_971_520, 1_073_741_824)(text)),
  ),
  answerLimitBytes: setting(
    'DAKKIO_ANSWER_LIMIT_BYTES',
    '67108864',
    'Maximum size of a query response, 65536 to 1073741824. Over it: 400, or the connection is closed if the response has already begun',
    wholeNumber(65_536, 1_073_741_824),
  ),
  queriesAtOnce: setting(
    'DAKKIO_QUERIES_AT_ONCE',
    '8',
    'Maximum number of queries, analytics, previews and lists that run at the same time, 1 to 64. One key can use a quarter of them, one organization three quarters',
    wholeNumber(1, 64),
  ),
  queryQueue: setting(
    'DAKKIO_QUERY_QUEUE',
    '512',
    'Maximum number of such requests that wait in the queue, up to 10000. One key can use an eighth of it. Over it: 503',
    wholeNumber(0, 10_000),
  ),
  streams: setting(
    'DAKKIO_STREAMS',
    '2000',
    'Maximum number of open streams of new points, 1 to 100000. One key can open a quarter of them, one organization three quarters. Over it: 503',
    wholeNumber(1, 100_000),
  ),
  metadataPerSource: setting(
    'DAKKIO_METADATA_PER_SOURCE',
    '100000',
    'Maximum number of distinct metadata objects of a data source, up to 10000000. New metadata over it: 409; known metadata is always accepted',
    wholeNumber(1, 10_000_000),
  ),
  metadataPerBucket: setting(
    'DAKKIO_METADATA_PER_BUCKET',
    '1000000',
    'The same for all data sources of a bucket in total, up to 100000000',
    wholeNumber(1, 100_000_000),
  ),
  metadataKeyShare: setting(
    'DAKKIO_METADATA_KEY_SHARE',
    '20',
    'Percentage of `DAKKIO_METADATA_PER_BUCKET` that one Write key can create, including the keys it was rotated from and to; 1 to 100. Over it: 409',
    wholeNumber(1, 100),
  ),
  keysPerBucket: setting(
    'DAKKIO_KEYS_PER_BUCKET',
    '100000',
    'Maximum number of active API keys in a bucket, up to 1000000. Over it: 409',
    wholeNumber(1, 1_000_000),
  ),
  adminKeysPerOrganization: setting(
    'DAKKIO_ADMIN_KEYS_PER_ORGANIZATION',
    '1000',
    'Maximum number of active Admin keys in an organization, up to 100000. Over it: 409',
    wholeNumber(1, 100_000),
  ),
  livingKeysPerLine: setting(
    'DAKKIO_LIVING_KEYS_PER_LINE',
    '8',
    'Maximum number of active keys in one rotation line, which is a key and all keys it was rotated into; up to 1000. Over it: a rotation gets 409',
    wholeNumber(1, 1000),
  ),
  alertEventsPerRule: setting(
    'DAKKIO_ALERT_EVENTS_PER_RULE',
    '10000',
    'Maximum number of events in the history of an alert rule, 100 to 1000000. Over it: the oldest events are removed',
    wholeNumber(100, 1_000_000),
  ),
};
