import { setting } from './setting';
import { databaseUrl, listenAddress, publicUrl, wholeNumber } from './setting-parsers';

/** Where the server listens, and its database. */
export const START_SETTINGS = {
  port: setting('PORT', '3000', 'TCP port to listen on, up to 65535. `0`: any free port', wholeNumber(0, 65535)),
  host: setting(
    'HOST',
    '0.0.0.0',
    'Address to listen on: `0.0.0.0` for every IPv4 network, `::` for IPv6 as well, `127.0.0.1` for this machine only',
    listenAddress,
  ),
  publicUrl: {
    ...setting(
      'DAKKIO_PUBLIC_URL',
      '',
      'The address at which browsers reach the server, for links that it prints: `https://dakkio.example`, or with the path behind a proxy `https://example.com/dakkio`. Empty: the address of this machine in its network, with `PORT`',
      publicUrl,
    ),
    kind: 'url' as const,
  },
  databaseUrl: {
    ...setting(
      'DATABASE_URL',
      'sqlite:data/dakkio.db',
      '`sqlite:<path of a file>`, relative to the working directory and created if it does not exist, or `postgres://user:password@host:5432/name`',
      databaseUrl,
    ),
    kind: 'url' as const,
  },
  postgresConnections: setting(
    'DAKKIO_POSTGRES_CONNECTIONS',
    '10',
    "Maximum number of connections to PostgreSQL of this instance, 1 to 1000: a fifth for key checks, the rest split evenly between writes and queries. PostgreSQL's `max_connections` must allow the total of all instances",
    wholeNumber(1, 1000),
  ),
  databaseWaitSeconds: setting(
    'DAKKIO_DATABASE_WAIT_SECONDS',
    '60',
    'How long the server waits at startup for a database that is not available yet, up to 3600 seconds. `0`: it fails at once, as commands do',
    wholeNumber(0, 3600),
  ),
};
