import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from './config';

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
  metricsToken: undefined,
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
  sourcesPerBucket: 100_000,
  keysPerBucket: 100_000,
  adminKeysPerOrganization: 1000,
  livingKeysPerLine: 8,
  answerLimitBytes: 67_108_864,
  diskReserveBytes: 33_554_432,
  queriesAtOnce: 8,
  queryQueue: 512,
  streams: 2000,
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
  mqtt: { port: undefined, tls: undefined, connections: 5000, packetBytes: 1_048_576 },
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
    ['DAKKIO_METRICS_TOKEN', 'm'.repeat(32), { metricsToken: 'm'.repeat(32) }],
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
    ['DAKKIO_MQTT_PORT', '1883', { mqtt: { port: 1883, tls: undefined, connections: 5000, packetBytes: 1_048_576 } }],
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
});
