import { secretSetting, setting } from './setting';
import { asIs, previousPepper, secret, wholeNumber } from './setting-parsers';

/** The first Admin key, the secret and the pepper with their files, and the audit log that the secret protects. */
export const SECRET_SETTINGS = {
  adminKey: secretSetting('DAKKIO_ADMIN_KEY', 'The first Admin key, instead of a generated one', asIs),
  adminKeyFile: setting(
    'DAKKIO_ADMIN_KEY_FILE',
    undefined,
    'A file that contains the Admin key. Set only one of the two',
    asIs,
  ),
  secretKey: secretSetting(
    'DAKKIO_SECRET_KEY',
    'Secret that protects the audit log and encrypts webhook secrets, at least 32 characters. Required on PostgreSQL, the same for every instance. On SQLite the server creates it in a file next to the database: `data/dakkio.db.secret`',
    secret,
  ),
  secretKeyFile: setting(
    'DAKKIO_SECRET_KEY_FILE',
    undefined,
    'A file that contains the secret. Set only one of the two',
    asIs,
  ),
  auditAnchorFile: setting(
    'DAKKIO_AUDIT_ANCHOR_FILE',
    '',
    'File outside the database that records the last entry of the audit log, preferably on another disk or host. `off`: no file. Empty: `<database file>.anchor` on SQLite, no file on PostgreSQL',
    asIs,
  ),
  auditRetentionDays: setting(
    'DAKKIO_AUDIT_RETENTION_DAYS',
    '',
    'Days after which rows of the audit log are removed, 1 to 36500. Empty: rows are kept forever',
    (text): number | undefined => (text === '' ? undefined : wholeNumber(1, 36_500)(text)),
  ),
  secretKeyPrevious: secretSetting(
    'DAKKIO_SECRET_KEY_PREVIOUS',
    'Another secret that is still accepted while you rotate the secret. See docs/keys.md',
    secret,
  ),
  secretKeyPreviousFile: setting(
    'DAKKIO_SECRET_KEY_PREVIOUS_FILE',
    undefined,
    'A file that contains the other secret. Set only one of the two',
    asIs,
  ),
  metricsToken: secretSetting(
    'DAKKIO_METRICS_TOKEN',
    'A token of at least 32 characters with which Prometheus may read `/metrics`, as `Authorization: Bearer <token>`. Without it, only Admin keys of the first organization may. See docs/metrics.md',
    secret,
  ),
  metricsTokenFile: setting(
    'DAKKIO_METRICS_TOKEN_FILE',
    undefined,
    'A file that contains this token. Set only one of the two',
    asIs,
  ),
  keyPepper: secretSetting(
    'DAKKIO_KEY_PEPPER',
    'Pepper for hashing keys, at least 32 characters: keys are stored as HMAC-SHA-256 with it instead of SHA-256. See docs/keys.md before you set or change it',
    secret,
  ),
  keyPepperFile: setting(
    'DAKKIO_KEY_PEPPER_FILE',
    undefined,
    'A file that contains the pepper. Set only one of the two',
    asIs,
  ),
  keyPepperPrevious: secretSetting(
    'DAKKIO_KEY_PEPPER_PREVIOUS',
    'The previous pepper while you rotate it, or `none` if there was none. Keys that were hashed with it are still accepted',
    previousPepper,
  ),
};
