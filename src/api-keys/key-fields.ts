import { ChoiceField, WholeNumberField } from '../common/validation/fields';
import { QUOTA_BOUNDS, RATE_LIMIT_BOUNDS } from '../common/rate-limit';

export const DAY_SECONDS = 86_400;

/** The name of a key. */
export const NAME = { label: 'Key name', maxLength: 100 };

/** The descriptions of a key's fields, for every body that has them. */
export const keyDocs = {
  name: { description: 'Descriptive name for the key', example: 'Living Room Sensor' },
  expiresAt: {
    description: 'The key is rejected from this moment on: RFC 3339 with an offset, in the future',
    example: '2030-01-31T12:00:00.000Z',
  },
  enabled: { description: 'Whether the key is accepted. A disabled key can be enabled again', example: true },
  allowedIps: {
    description: 'Addresses and CIDR ranges that the key can be used from. Other addresses get 403',
    example: ['192.168.1.20', '10.0.0.0/8'],
  },
  rateLimit: {
    description: 'The rate limit of the key. Requests above it get 429 with `Retry-After`',
  },
  quota: { description: 'The number of requests per calendar day or month (UTC). Requests above it get 429' },
  metadata: {
    description: 'Your own labels for the key: up to 20 strings, 2 KB in total',
    example: { room: 'living room', firmware: '1.4.2' },
  },
  selfRotation: {
    description:
      'Whether the key can rotate itself. Send `false` for a key that several devices share. It cannot be changed later, and applies to the keys that it is rotated into',
    default: true,
    example: false,
  },
};

/** The limits of a key's fields, for every body that has them. */
export const keyBounds = {
  expiresAt: { label: 'expiresAt' },
  enabled: { label: 'enabled' },
  allowedIps: { label: 'allowedIps', most: 32 },
  rateLimit: { label: 'rateLimit' },
  quota: { label: 'quota' },
  metadata: { label: 'metadata' },
  selfRotation: { label: 'selfRotation' },
};
const [minRequests, maxRequests] = RATE_LIMIT_BOUNDS.limit;
const [minSeconds, maxSeconds] = RATE_LIMIT_BOUNDS.windowSeconds;
const [minQuota, maxQuota] = QUOTA_BOUNDS.limit;

/** A number of requests in a number of seconds. */
export class RateLimitFields {
  @WholeNumberField(
    { label: 'rateLimit.limit', least: minRequests, most: maxRequests, required: true },
    { description: 'Requests', example: 600 },
  )
  readonly limit: number;

  @WholeNumberField(
    { label: 'rateLimit.windowSeconds', least: minSeconds, most: maxSeconds, required: true },
    { description: 'Seconds in which the full limit is restored', example: 60 },
  )
  readonly windowSeconds: number;
}

/** A number of requests in each calendar day or month (UTC). */
export class QuotaFields {
  @WholeNumberField(
    { label: 'quota.limit', least: minQuota, most: maxQuota, required: true },
    { description: 'Requests', example: 100_000 },
  )
  readonly limit: number;

  @ChoiceField(
    { values: ['day', 'month'], required: true, message: "quota.per must be 'day' or 'month'" },
    { description: 'A calendar day or month (UTC)', example: 'day' },
  )
  readonly per: 'day' | 'month';
}
