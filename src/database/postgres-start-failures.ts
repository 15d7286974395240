import { anyOf, codes, lasting, passing, words, type StartFailure } from '../common/start-failure';

/** Node's TLS errors for a certificate that is not trusted, has expired or belongs to another host. */
const CERTIFICATE = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_TLS_|ERR_SSL_)/;

/**
 * Why PostgreSQL, or PgBouncer in front of it, cannot be used. The first match counts. PgBouncer reports all errors with the
 * code 08P01, including PostgreSQL's, so they are matched by message.
 */
export const POSTGRES_START_FAILURES: readonly StartFailure[] = [
  passing(
    'The host of DATABASE_URL cannot be resolved ({message}): correct its name, or check the DNS',
    ({ syscall }) => syscall === 'getaddrinfo',
  ),
  passing(
    'PostgreSQL at {where} refuses connections ({message}): start it, or correct the host and port in DATABASE_URL',
    ({ code, syscall }) => code === 'ECONNREFUSED' || (code === 'ENOENT' && syscall === 'connect'),
  ),
  passing(
    'PostgreSQL at {where} does not answer ({message}): check the host and port in DATABASE_URL, the network and its firewalls',
    anyOf(
      codes('ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN'),
      words(/^timeout (expired|exceeded)|connection timeout$|^Query read timeout$/),
    ),
  ),
  passing(
    'PostgreSQL at {where} is starting up or shutting down ({message}): wait until it accepts connections',
    codes('57P01', '57P02', '57P03'),
  ),
  passing(
    'PostgreSQL at {where} has no connection left ({message}): raise its max_connections, or close connections of other programs',
    anyOf(codes('53300'), words(/^(sorry, too many clients|remaining connection slots|no more connections allowed)/)),
  ),
  passing(
    'PgBouncer at {where} cannot reach PostgreSQL ({message}): start PostgreSQL, or correct [databases] in pgbouncer.ini',
    words(
      /^(server login has been failing|query_wait_timeout|server conn crashed|pgbouncer cannot connect|bouncer config)/,
    ),
  ),
  lasting(
    'PgBouncer at {where} refuses a parameter of DATABASE_URL ({message}): remove that parameter',
    words(/^unsupported startup parameter/),
  ),
  lasting(
    'PostgreSQL at {where} does not accept connections of this host ({message}): add a line for it to pg_hba.conf, or set sslmode in DATABASE_URL',
    words(/^(no pg_hba\.conf entry|pg_hba\.conf rejects)/),
  ),
  lasting(
    'PostgreSQL at {where} asks for a password, and DATABASE_URL has none: write postgres://user:password@host:5432/name',
    words(/^SASL: .*client password must be/),
  ),
  lasting(
    'PostgreSQL at {where} refuses the user or the password of DATABASE_URL ({message}): correct them',
    anyOf(
      ({ code }) => code.startsWith('28'),
      words(/^(SASL|password) authentication failed|^role ".*" does not exist$|^no such user/),
    ),
  ),
  lasting(
    'PostgreSQL at {where} does not have the database of DATABASE_URL ({message}): create it with CREATE DATABASE, or correct its name',
    anyOf(codes('3D000'), words(/^database ".*" does not exist$|^no such database/)),
  ),
  lasting(
    'PostgreSQL at {where} does not offer TLS, which DATABASE_URL asks for ({message}): set ssl = on in postgresql.conf, or remove sslmode and ssl from DATABASE_URL',
    words(/^(The server does not support SSL|There was an error establishing an SSL)/),
  ),
  lasting(
    'The TLS certificate of PostgreSQL at {where} is not accepted ({message}): name the authority that signed it in DATABASE_URL, as sslrootcert=<file>',
    ({ code }) => CERTIFICATE.test(code),
  ),
  lasting(
    'The user of DATABASE_URL may not do this in PostgreSQL ({message}): make it the owner of the database, or GRANT CREATE ON SCHEMA public to it',
    codes('42501', '3F000'),
  ),
  lasting('PostgreSQL at {where} is read-only ({message}): name the primary server in DATABASE_URL', codes('25006')),
  lasting('PostgreSQL at {where} has no disk space left ({message}): free space on its machine', codes('53100')),
  passing('PostgreSQL at {where} has no memory left ({message}): free memory on its machine', codes('53200')),
  lasting(
    'PostgreSQL at {where} reports damage ({message}): check its log and its disk, and restore a backup',
    codes('XX001', 'XX002', '58030', '58P01', '58P02'),
  ),
  lasting(
    'PostgreSQL at {where} ended a statement before it was done ({message}): look for locks of other programs, and for time limits of the user and the database',
    codes('55P03', '57014', '25P03', '25P04', '40P01', '40001'),
  ),
  passing(
    'The connection to PostgreSQL at {where} was lost ({message}): check its log, and that PostgreSQL listens there',
    anyOf(
      codes('ECONNRESET', 'EPIPE'),
      ({ code }) => code.startsWith('08'),
      words(/^(Connection terminated|Client has encountered a connection error|Client was closed)/),
    ),
  ),
  lasting(
    'DATABASE_URL names a file that cannot be read ({message}): correct its path or its mode',
    ({ code, syscall }) => syscall === 'open' && code.startsWith('E'),
  ),
  lasting(
    'DATABASE_URL cannot be used ({message}): correct it',
    anyOf(
      codes('ERR_INVALID_URL', 'ERR_SOCKET_BAD_PORT'),
      words(/^(URI malformed|Invalid port|SECURITY WARNING: Using sslmode|sslnegotiation)/),
    ),
  ),
];
