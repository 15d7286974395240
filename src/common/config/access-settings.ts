import { setting } from './setting';
import { addressRules, onOrOff, rateLimit, wholeNumber } from './setting-parsers';

/** Trusted proxies, rate limits and the documentation routes. */
export const ACCESS_SETTINGS = {
  trustedProxies: setting(
    'DAKKIO_TRUSTED_PROXIES',
    '',
    'Addresses and CIDR ranges of trusted proxies, separated by commas: `127.0.0.1, 10.0.0.0/8`. Only their `X-Forwarded-For` (client address) and `X-Forwarded-Prefix` (path prefix of links) are used. Empty: none',
    addressRules,
  ),
  rateLimitAdmin: setting(
    'DAKKIO_RATE_LIMIT_ADMIN',
    '',
    'Default rate limit for Admin keys without a `rateLimit`, as `<requests>/<seconds>`: `600/60`. Empty: none',
    rateLimit,
  ),
  rateLimitWrite: setting('DAKKIO_RATE_LIMIT_WRITE', '', 'The same for Write keys', rateLimit),
  rateLimitRead: setting('DAKKIO_RATE_LIMIT_READ', '', 'The same for Read keys', rateLimit),
  failedAuthPerMinute: setting(
    'DAKKIO_FAILED_AUTH_PER_MINUTE',
    '600',
    'Requests with a refused key (401) that one address can send per minute before it gets 429, up to 1000000. Requests with a valid key are never refused by this limit. `0`: no limit',
    wholeNumber(0, 1_000_000),
  ),
  docs: setting('DAKKIO_DOCS', 'on', '`off`: `/docs`, `/docs-json` and `/docs-yaml` are not served', onOrOff),
  console: setting(
    'DAKKIO_CONSOLE',
    'on',
    '`off`: `/` shows links instead of the console, and `/console/…` is not served',
    onOrOff,
  ),
};
