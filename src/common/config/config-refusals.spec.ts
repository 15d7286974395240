import { readConfig, unknownVariables } from './config';

describe('a setting that is wrong', () => {
  it.each([
    ['PORT', '65536', 'PORT must be a whole number from 0 to 65535, not "65536"'],
    ['PORT', '3000a', 'PORT must be a whole number from 0 to 65535, not "3000a"'],
    ['PORT', '-1', 'PORT must be a whole number from 0 to 65535, not "-1"'],
    ['DAKKIO_MQTT_PORT', 'on', 'DAKKIO_MQTT_PORT must be a whole number from 0 to 65535, not "on"'],
    ['DAKKIO_MQTT_CERT_FILE', 'cert.pem', 'DAKKIO_MQTT_CERT_FILE and DAKKIO_MQTT_KEY_FILE must be set together'],
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
