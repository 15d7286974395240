import { ChoiceField, WholeNumberField } from '../common/validation/fields';
import { QUOTA_BOUNDS, RATE_LIMIT_BOUNDS } from '../common/rate-limit';

export const DAY_SECONDS = 86_400;

/** The name of a key. */
export const NAME = { label: 'Key name', maxLength: 100 };

/** How the fields of a key are described, in every body that takes them. */
export const keyDocs = {
  name: { description: 'Descriptive name for the key', example: 'Living Room Sensor' },
  expiresAt: {
    description: 'From this moment on the key is refused: RFC 3339 with an offset, in the future',
    example: '2030-01-31T12:00:00.000Z',
  },
  enabled: { description: 'Whether the key opens at all. A disabled one may be enabled again', example: true },
  allowedIps: {
    description: 'Addresses and CIDR ranges that the key may be used from; from everywhere else: 403',
    example: ['192.168.1.20', '10.0.0.0/8'],
  },
  rateLimit: {
    description: 'How many requests the key may send in how many seconds: over it, 429 with `Retry-After`',
  },
  quota: { description: 'How many requests the key may send in each day or month of UTC: over it, 429' },
  metadata: {
    description: 'Whatever you want to know of the key: up to 20 texts, 2 KB in all',
    example: { room: 'living room', firmware: '1.4.2' },
  },
  selfRotation: {
    description:
      'Whether the key may rotate itself. `false` is for a key that several devices share. It stays so for ever, for what it is rotated into too',
    default: true,
    example: false,
  },
};

/** What the fields of a key may be, in every body that takes them. */
export const keyBounds = {
  expiresAt: { label: 'expiresAt' },
  enabled: { label: 'enabled' },
  allowedIps: { label: 'allowedIps', most: 32 },
  rateLimit: { label: 'rateLimit' },
  quota: { label: 'quota' },
  metadata: { label: 'metadata' },
  selfRotation: { label: 'selfRotation' },
};
const [leastRequests, mostRequests] = RATE_LIMIT_BOUNDS.limit;
const [leastSeconds, mostSeconds] = RATE_LIMIT_BOUNDS.windowSeconds;
const [leastQuota, mostQuota] = QUOTA_BOUNDS.limit;

/** So many requests in so many seconds. */
export class RateLimitFields {
  @WholeNumberField(
    { label: 'rateLimit.limit', least: leastRequests, most: mostRequests, required: true },
    { description: 'Requests', example: 600 },
  )
  readonly limit: number;

  @WholeNumberField(
    { label: 'rateLimit.windowSeconds', least: leastSeconds, most: mostSeconds, required: true },
    { description: 'Seconds in which the whole allowance comes back', example: 60 },
  )
  readonly windowSeconds: number;
}

/** So many requests in each day or month of UTC. */
export class QuotaFields {
  @WholeNumberField(
    { label: 'quota.limit', least: leastQuota, most: mostQuota, required: true },
    { description: 'Requests', example: 100_000 },
  )
  readonly limit: number;

  @ChoiceField(
    { values: ['day', 'month'], required: true, message: "quota.per must be 'day' or 'month'" },
    { description: 'A calendar day or month of UTC', example: 'day' },
  )
  readonly per: 'day' | 'month';
}
