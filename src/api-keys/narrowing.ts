import { isRangeIn } from '../common/addresses';
import type { ApiKey } from './api-key.entity';

type Bounds = Pick<
  ApiKey,
  'disabledAt' | 'expiresAt' | 'allowedIps' | 'rateLimit' | 'rateWindowSeconds' | 'quotaLimit' | 'quotaPer'
>;

const SECONDS = { day: 86_400, month: 28 * 86_400 } as const;

/** Whether a key may do less after a change than before: it is disabled, ends sooner, or is held to a tighter bound. */
export function isNarrowed(before: Bounds, after: Bounds): boolean {
  return (
    (before.disabledAt === null && after.disabledAt !== null) ||
    (after.expiresAt ?? Infinity) < (before.expiresAt ?? Infinity) ||
    hasFewerAddresses(before.allowedIps, after.allowedIps) ||
    isTighter(rateOf(before), rateOf(after)) ||
    isTighter(quotaOf(before), quotaOf(after))
  );
}

function hasFewerAddresses(before: string | null, after: string | null): boolean {
  return after !== null && (before === null || !isRangeIn(before, after));
}

/** So many requests, in so many seconds. */
type Allowance = readonly [limit: number, seconds: number];

const UNLIMITED: Allowance = [Infinity, 1];

function rateOf({ rateLimit, rateWindowSeconds }: Bounds): Allowance {
  return rateLimit === null || rateWindowSeconds === null ? UNLIMITED : [rateLimit, rateWindowSeconds];
}

function quotaOf({ quotaLimit, quotaPer }: Bounds): Allowance {
  return quotaLimit === null || quotaPer === null ? UNLIMITED : [quotaLimit, SECONDS[quotaPer]];
}

/** Fewer requests at once, or fewer over time. */
function isTighter(before: Allowance, after: Allowance): boolean {
  return after[0] < before[0] || after[0] / after[1] < before[0] / before[1];
}
