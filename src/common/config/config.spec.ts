import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, unknownVariables } from './config';

const DEFAULTS = {
  port: 3000,
  host: '0.0.0.0',
  publicUrl: '',
  database: { type: 'sqlite', path: 'data/dakkio.db' },
  postgresConnections: 10,
  databaseWaitSeconds: 60,
  presetAdminKey: undefined,
  secretKey: undefined,
  secretKeyPrevious: undefined,
  auditAnchorFile: '',
  auditRetentionDays: undefined,
  keyPepper: undefined,
  keyPepperPrevious: undefined,
  trustedProxies: [],
  rateLimits: { admin: undefined, write: undefined, read: undefined },
  failedAuthPerMinute: 600,
  docs: true,
  console: true,
  bucketsPerOrganization: 10_000,
  sourcesPerBucket: 1000,
  keysPerBucket: 100_000,
  adminKeysPerOrganization: 1000,
  livingKeysPerLine: 8,
  answerLimitBytes: 67_108_864,
  diskReserveBytes: 33_554_432,
  queriesAtOnce: 8,
  queryQueue: 512,
  metadataPerSource: 100_000,
  metadataPerBucket: 1_000_000,
  metadataKeyShare: 20,
  alertEventsPerRule: 10_000,
  bodyLimitBytes: 4_194_304,
  bodiesBytes: 67_108_864,
  requestTimeoutSeconds: 30,
  maxConnections: 10_000,
  maxConnectionsPerAddress: 4000,
  compression: true,
  stalledReaderSeconds: 30,
  logLevel: 'info',
  corsOrigins: [],
  webhookAllow: [],
  settings: expect.any(Array),
};

describe('the configuration', () => {
  it('has a default for everything', () => {
    expect(readConfig({})).toEqual(DEFAULTS);
  });

  it('takes an empty variable as not set', () => {
    expect(
      readConfig({ PORT: '', DATABASE_URL: '', DAKKIO_ADMIN_KEY: '', DAKKIO_ADMIN_KEY_FILE: '', DAKKIO_DOCS: '' }),
    ).toEqual(DEFAULTS);
  });

  it.each([
    ['PORT', '8080', { port: 8080 }],
    ['PORT', '0', { port: 0 }],
    ['HOST', '::1', { host: '::1' }],
    ['HOST', 'sensor-hub.local', { host: 'sensor-hub.local' }],
    ['DATABASE_URL', 'sqlite:/var/lib/dakkio.db', { database: { type: 'sqlite', path: '/var/lib/dakkio.db' } }],
    ['DATABASE_URL', 'sqlite:///var/lib/dakkio.db', { database: { type: 'sqlite', path: '/var/lib/dakkio.db' } }],
    [
      'DATABASE_URL',
      'postgres://u:p@db:5432/dakkio',
      { database: { type: 'postgres', url: 'postgres://u:p@db:5432/dakkio' } },
    ],
    ['DATABASE_URL', 'postgresql://db/dakkio', { database: { type: 'postgres', url: 'postgresql://db/dakkio' } }],
    ['DAKKIO_ADMIN_KEY', 'anything', { presetAdminKey: 'anything' }],
    ['DAKKIO_SECRET_KEY', 's'.repeat(32), { secretKey: 's'.repeat(32) }],
    ['DAKKIO_AUDIT_ANCHOR_FILE', '/mnt/other/anchor', { auditAnchorFile: '/mnt/other/anchor' }],
    ['DAKKIO_AUDIT_RETENTION_DAYS', '365', { auditRetentionDays: 365 }],
    ['DAKKIO_SECRET_KEY_PREVIOUS', 'p'.repeat(32), { secretKeyPrevious: 'p'.repeat(32) }],
    ['DAKKIO_KEY_PEPPER', 'p'.repeat(32), { keyPepper: 'p'.repeat(32) }],
    ['DAKKIO_KEY_PEPPER_PREVIOUS', 'p'.repeat(32), { keyPepperPrevious: 'p'.repeat(32) }],
    ['DAKKIO_KEY_PEPPER_PREVIOUS', 'none', { keyPepperPrevious: null }],
    ['DAKKIO_TRUSTED_PROXIES', '127.0.0.1, fd00::/8', { trustedProxies: ['127.0.0.1', 'fd00::/8'] }],
    [
      'DAKKIO_WEBHOOK_ALLOW',
      '192.168.1.0/24:1880, [fd12::]/16, [::1]:80, 10.0.0.7',
      {
        webhookAllow: [
          { range: '192.168.1.0/24', port: 1880 },
          { range: 'fd12::/16', port: undefined },
          { range: '::1', port: 80 },
          { range: '10.0.0.7', port: undefined },
        ],
      },
    ],
    [
      'DAKKIO_RATE_LIMIT_WRITE',
      '600/60',
      { rateLimits: { admin: undefined, write: { limit: 600, windowSeconds: 60 }, read: undefined } },
    ],
    ['DAKKIO_FAILED_AUTH_PER_MINUTE', '0', { failedAuthPerMinute: 0 }],
    ['DAKKIO_DOCS', 'off', { docs: false }],
    ['DAKKIO_CONSOLE', 'off', { console: false }],
    ['DAKKIO_COMPRESSION', 'off', { compression: false }],
    ['DAKKIO_BODY_LIMIT_BYTES', '1024', { bodyLimitBytes: 1024 }],
    ['DAKKIO_BODIES_BYTES', '1048576', { bodiesBytes: 1_048_576 }],
    ['DAKKIO_ANSWER_LIMIT_BYTES', '65536', { answerLimitBytes: 65_536 }],
    ['DAKKIO_DISK_RESERVE_BYTES', '0', { diskReserveBytes: 0 }],
    ['DAKKIO_REQUEST_TIMEOUT_SECONDS', '3600', { requestTimeoutSeconds: 3600 }],
    ['DAKKIO_MAX_CONNECTIONS', '500', { maxConnections: 500 }],
    ['DAKKIO_MAX_CONNECTIONS_PER_ADDRESS', '50', { maxConnectionsPerAddress: 50 }],
    ['DAKKIO_STALLED_READER_SECONDS', '5', { stalledReaderSeconds: 5 }],
    ['DAKKIO_LOG_LEVEL', 'debug', { logLevel: 'debug' }],
    [
      'DAKKIO_CORS_ORIGINS',
      'https://a.example, http://localhost:5173',
      { corsOrigins: ['https://a.example', 'http://localhost:5173'] },
    ],
  ])('reads %s=%s', (variable, text, expected) => {
    expect(readConfig({ [variable]: text })).toEqual({ ...DEFAULTS, ...expected });
  });

  it.each([
    ['PORT', '65536', 'PORT must be a whole number from 0 to 65535, not "65536"'],
    ['PORT', '3000a', 'PORT must be a whole number from 0 to 65535, not "3000a"'],
    ['PORT', '-1', 'PORT must be a whole number from 0 to 65535, not "-1"'],
    ['HOST', 'a b', 'HOST must be an IP address or a host name, not "a b"'],
    [
      'DATABASE_URL',
      'postgres://u:secret%C3@db/x',
      'DATABASE_URL must be sqlite:<path of a file> or postgres://user:password@host:5432/name',
    ],
    [
      'DATABASE_URL',
      'postgres://u:secret@db/x?port=none',
      'DATABASE_URL must be sqlite:<path of a file> or postgres://user:password@host:5432/name',
    ],
    [
      'DATABASE_URL',
      'mysql://u:secret@db/x',
      'DATABASE_URL must be sqlite:<path of a file> or postgres://user:password@host:5432/name',
    ],
    [
      'DATABASE_URL',
      'sqlite::memory:',
      'DATABASE_URL must be sqlite:<path of a file> or postgres://user:password@host:5432/name',
    ],
    [
      'DATABASE_URL',
      'sqlite://data/x.db',
      'DATABASE_URL must be sqlite:<path of a file> or postgres://user:password@host:5432/name',
    ],
    [
      'DATABASE_URL',
      'sqlite:',
      'DATABASE_URL must be sqlite:<path of a file> or postgres://user:password@host:5432/name',
    ],
    ['DAKKIO_SECRET_KEY', 's'.repeat(31), 'DAKKIO_SECRET_KEY must have at least 32 characters'],
    ['DAKKIO_KEY_PEPPER', 'short', 'DAKKIO_KEY_PEPPER must have at least 32 characters'],
    ['DAKKIO_KEY_PEPPER_PREVIOUS', 'None', 'DAKKIO_KEY_PEPPER_PREVIOUS must have at least 32 characters'],
    [
      'DAKKIO_TRUSTED_PROXIES',
      '10.0.0.1/8',
      'DAKKIO_TRUSTED_PROXIES must list IP addresses and CIDR ranges: "10.0.0.1/8" has bits set beyond its prefix: write 10.0.0.0/8, not "10.0.0.1/8"',
    ],
    [
      'DAKKIO_RATE_LIMIT_READ',
      '0/60',
      'DAKKIO_RATE_LIMIT_READ must be <requests>/<seconds> with up to 1000000 requests and 86400 seconds, not "0/60"',
    ],
    ['DAKKIO_DOCS', 'yes', 'DAKKIO_DOCS must be one of on, off, not "yes"'],
    ['DAKKIO_CONSOLE', '1', 'DAKKIO_CONSOLE must be one of on, off, not "1"'],
    [
      'DAKKIO_BODY_LIMIT_BYTES',
      '1023',
      'DAKKIO_BODY_LIMIT_BYTES must be a whole number from 1024 to 104857600, not "1023"',
    ],
    [
      'DAKKIO_BODY_LIMIT_BYTES',
      '1e6',
      'DAKKIO_BODY_LIMIT_BYTES must be a whole number from 1024 to 104857600, not "1e6"',
    ],
    [
      'DAKKIO_REQUEST_TIMEOUT_SECONDS',
      '0',
      'DAKKIO_REQUEST_TIMEOUT_SECONDS must be a whole number from 1 to 3600, not "0"',
    ],
    ['DAKKIO_LOG_LEVEL', 'INFO', 'DAKKIO_LOG_LEVEL must be one of error, warn, info, debug, not "INFO"'],
    [
      'DAKKIO_WEBHOOK_ALLOW',
      'node-red.local:1880',
      'DAKKIO_WEBHOOK_ALLOW must list ranges such as 192.168.1.0/24:1880 or [fd12::]/16: "node-red.local:1880" is none, not "node-red.local:1880"',
    ],
    [
      'DAKKIO_WEBHOOK_ALLOW',
      '10.0.0.1/8',
      'DAKKIO_WEBHOOK_ALLOW must list ranges such as 192.168.1.0/24:1880 or [fd12::]/16: "10.0.0.1/8" has bits set beyond its prefix: write 10.0.0.0/8, not "10.0.0.1/8"',
    ],
    [
      'DAKKIO_WEBHOOK_ALLOW',
      '10.0.0.1:0',
      'DAKKIO_WEBHOOK_ALLOW must list ports from 1 to 65535, which "10.0.0.1:0" has not, not "10.0.0.1:0"',
    ],
    [
      'DAKKIO_CORS_ORIGINS',
      '*',
      'DAKKIO_CORS_ORIGINS must list exact origins such as https://dash.example, which "*" is not, not "*"',
    ],
    [
      'DAKKIO_CORS_ORIGINS',
      'https://a.example/',
      'DAKKIO_CORS_ORIGINS must list exact origins such as https://dash.example, which "https://a.example/" is not, not "https://a.example/"',
    ],
  ])('refuses %s=%s', (variable, text, message) => {
    expect(() => readConfig({ [variable]: text })).toThrow(new Error(message));
  });

  it('reads the preset key from a file, and refuses a file that is not there and both at once', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dakkio-config-'));
    const path = join(folder, 'key');
    writeFileSync(path, 'the key\n');
    expect(readConfig({ DAKKIO_ADMIN_KEY_FILE: path }).presetAdminKey).toBe('the key');
    expect(() => readConfig({ DAKKIO_ADMIN_KEY_FILE: `${path}x` })).toThrow(
      `DAKKIO_ADMIN_KEY_FILE names a file that cannot be read: ENOENT, ${path}x`,
    );
    expect(() => readConfig({ DAKKIO_ADMIN_KEY_FILE: path, DAKKIO_ADMIN_KEY: 'other' })).toThrow(
      'DAKKIO_ADMIN_KEY and DAKKIO_ADMIN_KEY_FILE are both set: set one of them',
    );
    rmSync(folder, { recursive: true });
  });

  it('never repeats a password or a preset key', () => {
    for (const environment of [
      { DATABASE_URL: 'x://u:secret@db' },
      { DAKKIO_ADMIN_KEY: 'secret', DAKKIO_ADMIN_KEY_FILE: '/none' },
      { DAKKIO_SECRET_KEY: 'secret' },
      { DAKKIO_KEY_PEPPER: 'secret' },
      { DAKKIO_KEY_PEPPER_PREVIOUS: 'secret' },
    ]) {
      expect(() => readConfig(environment)).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining('secret') }),
      );
    }
  });

  it('points from an unknown variable to the nearest known one', () => {
    expect(unknownVariables({ DAKKIO_DOC: 'off', DAKKIO_LOGLEVEL: 'x', PATH: '/bin', DAKKIO_DOCS: 'on' })).toEqual([
      'Unknown environment variable DAKKIO_DOC is ignored. Did you mean DAKKIO_DOCS?',
      'Unknown environment variable DAKKIO_LOGLEVEL is ignored. Did you mean DAKKIO_LOG_LEVEL?',
    ]);
  });
});
